using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>
/// A mixture with a component for every observation and one for the prior. Over several dimensions a component is the product of its
/// kernels, so that the dimensions depend on each other (Falkner et al., "BOHB", ICML 2018).
/// </summary>
internal sealed class ParzenEstimator(IReadOnlyList<Kernels> dimensions, double[] logWeights)
{
    private readonly double[] _components = new double[logWeights.Length];

    /// <summary>Logarithm of the mixture's density at a point.</summary>
    public double LogDensity(ReadOnlySpan<double> point)
    {
        logWeights.CopyTo(_components, 0);
        for (var index = 0; index < point.Length; index++)
        {
            dimensions[index].AddLogDensity(point[index], _components);
        }

        return LogSumExp(_components);
    }

    /// <summary>Draws a component by its weight, then every dimension from it.</summary>
    public void Draw(RandomStream random, Span<double> point)
    {
        var component = DrawComponent(random);
        for (var index = 0; index < point.Length; index++)
        {
            point[index] = dimensions[index].Draw(component, random);
        }
    }

    private int DrawComponent(RandomStream random)
    {
        var left = random.NextDouble();
        for (var component = 0; component < logWeights.Length - 1; component++)
        {
            left -= Math.Exp(logWeights[component]);
            if (left < 0) return component;
        }

        return logWeights.Length - 1;
    }

    /// <summary>log of the sum of exponentials. Four lanes on every machine, so that the order of the sum is the same.</summary>
    private static double LogSumExp(ReadOnlySpan<double> values)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        if (double.IsNegativeInfinity(largest)) return largest;
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var sums = Vector256<double>.Zero;
        foreach (var vector in vectors)
        {
            sums += Vector256.Exp(vector - Vector256.Create(largest));
        }

        var sum = Vector256.Sum(sums);
        foreach (var value in values[(vectors.Length * Vector256<double>.Count)..])
        {
            sum += Math.Exp(value - largest);
        }

        return largest + Math.Log(sum);
    }
}

/// <summary>The kernels of one dimension: one for every observation, and last the prior.</summary>
internal abstract class Kernels
{
    /// <summary>Adds to every component the logarithm of its density, or probability, at a point of the dimension's scale.</summary>
    public abstract void AddLogDensity(double point, Span<double> components);

    /// <summary>A point drawn from one component.</summary>
    public abstract double Draw(int component, RandomStream random);
}

/// <summary>
/// Truncated normals around the observations of a numeric dimension, and the prior: mu = (L + H) / 2, sigma = H - L. For whole numbers a
/// component's probability is its mass over the half step around the number.
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
        if (_dimension.HalfStep > 0)
        {
            AddLogMass(point, components);
        }
        else
        {
            AddLogDensities(point, components);
        }
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
        for (var index = 0; index < _observations.Length; index++)
        {
            components[index] += _observations[index] == point ? _logSame : _logOther;
        }

        components[_observations.Length] -= Math.Log(_choices);
    }

    public override double Draw(int component, RandomStream random)
    {
        // The kernel is a mixture itself: uniform with C times the probability of another choice, else the observation.
        var isUniform = component == _observations.Length || random.NextDouble() < _choices * _probabilityOfOther;
        return isUniform ? random.NextIndex(_choices) : _observations[component];
    }
}

/// <summary>Widths (sigma) of the kernels of n observations between the bounds L and H.</summary>
internal static class Bandwidths
{
    /// <summary>
    /// The larger gap to a neighbour among the sorted observations (Bergstra et al., NeurIPS 2011, section 4.2). A single observation also
    /// has the bounds as neighbours; the first and the last of several do not, as in Optuna with <c>consider_endpoints=False</c>, its
    /// default.
    /// </summary>
    public static double[] Univariate(ReadOnlySpan<double> observations, double low, double high)
    {
        var count = observations.Length;
        var sorted = observations.ToArray();
        var order = new int[count];
        for (var index = 0; index < count; index++)
        {
            order[index] = index;
        }

        Array.Sort(sorted, order);
        var sigmas = new double[count];
        for (var index = 0; index < count; index++)
        {
            var left = index > 0 ? sorted[index] - sorted[index - 1] : count == 1 ? sorted[index] - low : 0;
            var right = index < count - 1 ? sorted[index + 1] - sorted[index] : count == 1 ? high - sorted[index] : 0;
            sigmas[order[index]] = Clip(Math.Max(left, right), count, high - low);
        }

        return sigmas;
    }

    /// <summary>0.2 n^(-1 / (d + 4)) (H - L) for d dimensions: Scott's rule with the factor of Optuna 3.5 to 4.</summary>
    public static double[] Multivariate(int count, int dimensions, double low, double high)
    {
        var sigmas = new double[count];
        Array.Fill(sigmas, Clip(0.2 * Math.Pow(count, -1.0 / (dimensions + 4)) * (high - low), count, high - low));
        return sigmas;
    }

    /// <summary>To [(H - L) / min(100, n + 2), H - L].</summary>
    private static double Clip(double sigma, int count, double range) => Math.Clamp(sigma, range / Math.Min(100, count + 2), range);
}

/// <summary>Weights of observations by age: Optuna's <c>default_weights</c>.</summary>
internal static class ObservationWeights
{
    private const int Recent = 25;

    /// <summary>
    /// Logarithms of the normalised weights of <paramref name="count"/> observations in order of trial number, and last that of the prior:
    /// all 1 below 25; else the oldest rise linearly from 1/n to 1 and the last 25 are 1. The prior has 1.
    /// </summary>
    public static double[] LogWeights(int count)
    {
        var weights = new double[count + 1];
        Array.Fill(weights, 1.0);
        var old = count - Recent;
        for (var index = 0; index < old; index++)
        {
            weights[index] = old == 1 ? 1.0 / count : double.Lerp(1.0 / count, 1, index / (old - 1.0));
        }

        var logTotal = Math.Log(weights.Sum());
        return Array.ConvertAll(weights, weight => Math.Log(weight) - logTotal);
    }
}
