using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>The densities l (good trials) and g (the others) over some dimensions of a space, and the choice between candidates.</summary>
internal sealed class TpeModel
{
    private readonly int[] _dimensions;
    private readonly ParzenEstimator _below;
    private readonly ParzenEstimator _above;

    /// <summary>Models the dimensions of these indices together; bandwidths are univariate where <paramref name="multivariate"/> is false.</summary>
    public TpeModel(History history, GoodBadSplit split, int[] dimensions, bool multivariate)
    {
        _dimensions = dimensions;
        _below = Estimate(split.Below);
        _above = Estimate(split.Above);

        ParzenEstimator Estimate(int[] trials) =>
            new([.. dimensions.Select(dimension => KernelsOf(history, dimension, trials, multivariate ? dimensions.Length : 0))], ObservationWeights.LogWeights(trials.Length));
    }

    /// <summary>Draws candidates from l and writes the one of the largest log l - log g into a configuration's values; the first wins a tie.</summary>
    public void Propose(int candidates, SearchSpace space, RandomStream random, double[] values)
    {
        var point = new double[_dimensions.Length];
        var best = new double[_dimensions.Length];
        var bestScore = double.NegativeInfinity;
        for (var candidate = 0; candidate < candidates; candidate++)
        {
            _below.Draw(random, point);
            var score = _below.LogDensity(point) - _above.LogDensity(point);
            if (candidate > 0 && !(score > bestScore)) continue;
            bestScore = score;
            point.CopyTo(best, 0);
        }

        for (var index = 0; index < best.Length; index++)
            values[_dimensions[index]] = space.Dimensions[_dimensions[index]] is NumericDimension numeric ? numeric.FromScale(best[index]) : best[index];
    }

    private static Kernels KernelsOf(History history, int dimension, int[] trials, int together)
    {
        var column = history.Column(dimension);
        var observations = new double[trials.Length];
        for (var index = 0; index < trials.Length; index++) observations[index] = column[trials[index]];
        if (history.Space.Dimensions[dimension] is Categorical categorical) return new CategoricalKernels(categorical.Choices.Count, observations);
        var numeric = (NumericDimension)history.Space.Dimensions[dimension];
        for (var index = 0; index < observations.Length; index++) observations[index] = numeric.ToScale(observations[index]);
        var sigmas = together > 0
            ? Bandwidths.Multivariate(observations.Length, together, numeric.ScaleLow, numeric.ScaleHigh)
            : Bandwidths.Univariate(observations, numeric.ScaleLow, numeric.ScaleHigh);
        return new NumericKernels(numeric, observations, sigmas);
    }
}
