using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>
/// Truncated normals around the observations of a numeric dimension, and the prior: mu = (L + H) / 2, sigma = H - L. For whole numbers a component's probability is its mass over the
/// half step around the number.
/// </summary>
internal sealed class NumericKernels : Kernels
{
    private readonly NumericDimension _dimension;
    private readonly double[] _means;
    private readonly double[] _inverseSigmas;
    private readonly double[] _logTotals;
    private readonly double[] _logFactors;

    /// <summary>Kernels of <paramref name="observations"/> (on the dimension's scale) with their <paramref name="sigmas"/>.</summary>
    public NumericKernels(NumericDimension dimension, ReadOnlySpan<double> observations, ReadOnlySpan<double> sigmas)
    {
        _dimension = dimension;
        var (low, high) = (dimension.ScaleLow, dimension.ScaleHigh);
        _means = [.. observations, 0.5 * (low + high)];
        _inverseSigmas = [.. sigmas, high - low];
        _logTotals = new double[_means.Length];
        _logFactors = new double[_means.Length];
        for (var index = 0; index < _means.Length; index++)
        {
            var kernel = new TruncatedNormal(_means[index], _inverseSigmas[index], low, high);
            _logTotals[index] = kernel.LogTotal;
            _logFactors[index] = -kernel.LogTotal - Math.Log(kernel.Sigma) - StandardNormal.LogSqrtTwoPi;
            _inverseSigmas[index] = 1 / kernel.Sigma;
        }
    }

    public override void AddLogDensity(double point, Span<double> components)
    {
        if (_dimension.HalfStep > 0) AddLogMass(point, components);
        else AddLogDensities(point, components);
    }

    public override double Draw(int component, RandomStream random)
    {
        var kernel = new TruncatedNormal(_means[component], 1 / _inverseSigmas[component], _dimension.ScaleLow, _dimension.ScaleHigh);
        return _dimension.ToScale(_dimension.FromScale(kernel.Quantile(random.NextDouble())));
    }

    private void AddLogMass(double point, Span<double> components)
    {
        var (from, to) = (point - _dimension.HalfStep, point + _dimension.HalfStep);
        for (var index = 0; index < components.Length; index++)
        {
            var (mean, inverse) = (_means[index], _inverseSigmas[index]);
            components[index] += StandardNormal.LogMass((from - mean) * inverse, (to - mean) * inverse) - _logTotals[index];
        }
    }

    private void AddLogDensities(double point, Span<double> components)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(components);
        var means = MemoryMarshal.Cast<double, Vector256<double>>(_means);
        var inverses = MemoryMarshal.Cast<double, Vector256<double>>(_inverseSigmas);
        var factors = MemoryMarshal.Cast<double, Vector256<double>>(_logFactors);
        for (var index = 0; index < vectors.Length; index++)
        {
            var z = (Vector256.Create(point) - means[index]) * inverses[index];
            vectors[index] += factors[index] - (0.5 * z * z);
        }

        for (var index = vectors.Length * Vector256<double>.Count; index < components.Length; index++)
        {
            var z = (point - _means[index]) * _inverseSigmas[index];
            components[index] += _logFactors[index] - (0.5 * z * z);
        }
    }
}
