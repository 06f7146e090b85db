namespace MacroCausal.Bench.Search;

/// <summary>
/// Confidence without a distribution: the percentile bootstrap (Efron, Tibshirani, "An introduction to the bootstrap", 1993, chapter 13).
/// </summary>
internal static class Bootstrap
{
    private const int Samples = 10_000;

    /// <summary>
    /// The mean of some values, and the interval that holds 95 % of the means of samples drawn from them with replacement. Seeded.
    /// </summary>
    public static Interval Mean(double[] values)
    {
        var means = new double[Samples];
        for (var sample = 0; sample < Samples; sample++)
        {
            var sum = 0.0;
            for (var draw = 0; draw < values.Length; draw++) sum += values[(int)(SeededRandom.Of(31, sample, draw) * values.Length)];
            means[sample] = sum / values.Length;
        }

        Array.Sort(means);
        return new Interval(values.Average(), means[(int)(0.025 * Samples)], means[(int)(0.975 * Samples)]);
    }
}

/// <summary>A mean and its confidence interval.</summary>
internal readonly record struct Interval(double Mean, double Low, double High);
