using MathNet.Numerics.Distributions;

namespace MacroCausal.Reporting.Statistics;

/// <summary>
/// Correlation of a series with itself some rows before, r_k = sum of (e_t - m)(e_{t-k} - m) over sum of (e_t - m)^2, and the test of
/// Ljung and Box (1978) that all of it is chance. Of several series the sums run within each.
/// </summary>
internal sealed record Autocorrelation
{
    private const int MaxLags = 24;
    private const double Normal975 = 1.959963984540054;

    /// <summary>The correlations at lags 1, 2, ...</summary>
    public required IReadOnlyList<double> ByLag { get; init; }

    /// <summary>What 95 of 100 correlations of a series without any stay below, in size.</summary>
    public required double Bound { get; init; }

    /// <summary>Probability of so much correlation in a series without any, by Ljung and Box; NaN where the series is constant.</summary>
    public required double PValue { get; init; }

    /// <summary>Correlates up to a quarter of the rows, at most 24 of them; null for fewer than 8 rows.</summary>
    public static Autocorrelation? Of(IReadOnlyList<double[]> series)
    {
        var rows = series.Sum(one => one.Length);
        var lags = Math.Min(MaxLags, series.Max(one => one.Length) / 4);
        if (rows < 8 || lags < 1) return null;
        var mean = series.SelectMany(one => one).Average();
        var variance = series.SelectMany(one => one).Sum(value => (value - mean) * (value - mean));
        double[] byLag = [.. Enumerable.Range(1, lags).Select(lag => series.Sum(one => Product(one, lag, mean)) / variance)];
        var statistic = rows * (rows + 2.0) * byLag.Select((value, index) => value * value / (rows - index - 1)).Sum();
        return new Autocorrelation
        {
            ByLag = byLag,
            Bound = Normal975 / Math.Sqrt(rows),
            PValue = double.IsFinite(statistic) ? 1 - ChiSquared.CDF(lags, statistic) : double.NaN,
        };
    }

    private static double Product(double[] series, int lag, double mean)
    {
        var sum = 0.0;
        for (var row = lag; row < series.Length; row++)
        {
            sum += (series[row] - mean) * (series[row - lag] - mean);
        }

        return sum;
    }
}
