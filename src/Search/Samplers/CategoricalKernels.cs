namespace MacroCausal.Search.Samplers;

/// <summary>
/// Distributions over C choices around n observations: P(c) = ([c = c_i] + 1/(n + 1)) / (1 + C/(n + 1)); the prior is uniform.
/// </summary>
internal sealed class CategoricalKernels : Kernels
{
    private readonly int _choices;
    private readonly double[] _observations;
    private readonly double _probabilityOfOther;
    private readonly double _logSame;
    private readonly double _logOther;

    /// <summary>Kernels of observed indices of choices.</summary>
    public CategoricalKernels(int choices, ReadOnlySpan<double> observations)
    {
        _choices = choices;
        _observations = observations.ToArray();
        var smoothing = 1.0 / (_observations.Length + 1);
        var total = 1 + (choices * smoothing);
        _probabilityOfOther = smoothing / total;
        _logOther = Math.Log(_probabilityOfOther);
        _logSame = Math.Log((1 + smoothing) / total);
    }

    public override void AddLogDensity(double point, Span<double> components)
    {
        for (var index = 0; index < _observations.Length; index++) components[index] += _observations[index] == point ? _logSame : _logOther;
        components[_observations.Length] -= Math.Log(_choices);
    }

    public override double Draw(int component, RandomStream random)
    {
        // The kernel is a mixture itself: uniform with C times the probability of another choice, else the observation.
        var isUniform = component == _observations.Length || random.NextDouble() < _choices * _probabilityOfOther;
        return isUniform ? random.NextIndex(_choices) : _observations[component];
    }
}
