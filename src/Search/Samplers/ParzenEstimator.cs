using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Search.Samplers;

/// <summary>
/// A mixture with a component for every observation and one for the prior. Over several dimensions a component is the product of its kernels, so
/// that the dimensions depend on each other (Falkner et al., "BOHB", ICML 2018).
/// </summary>
internal sealed class ParzenEstimator(IReadOnlyList<Kernels> dimensions, double[] logWeights)
{
    private readonly double[] _components = new double[logWeights.Length];

    /// <summary>Logarithm of the mixture's density at a point.</summary>
    public double LogDensity(ReadOnlySpan<double> point)
    {
        logWeights.CopyTo(_components, 0);
        for (var index = 0; index < point.Length; index++) dimensions[index].AddLogDensity(point[index], _components);
        return LogSumExp(_components);
    }

    /// <summary>Draws a component by its weight, then every dimension from it.</summary>
    public void Draw(RandomStream random, Span<double> point)
    {
        var component = DrawComponent(random);
        for (var index = 0; index < point.Length; index++) point[index] = dimensions[index].Draw(component, random);
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
        foreach (var value in values) largest = Math.Max(largest, value);
        if (double.IsNegativeInfinity(largest)) return largest;
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var sums = Vector256<double>.Zero;
        foreach (var vector in vectors) sums += Vector256.Exp(vector - Vector256.Create(largest));
        var sum = Vector256.Sum(sums);
        foreach (var value in values[(vectors.Length * Vector256<double>.Count)..]) sum += Math.Exp(value - largest);
        return largest + Math.Log(sum);
    }
}
