using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Evaluation;

/// <summary>
/// The stationary bootstrap (Politis and Romano, 1994): rows are drawn in blocks of random length, so that neighbours stay neighbours.
/// </summary>
public static class BlockBootstrap
{
    /// <summary>
    /// The expected block length for the mean of a series, 1 or more: Politis and White (2004) as corrected by Patton, Politis and White
    /// (2009).
    /// </summary>
    public static double Length(IReadOnlyList<double> series) => Math.Max(1, Lengths(series).Stationary);

    /// <summary>
    /// Draws the rows of one sample: as many as there are, in blocks of geometric length; the last row is followed by the first.
    /// </summary>
    public static int[] Draw(int rows, double blockLength, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockLength, 1);
        var sample = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            sample[i] = i == 0 || random.NextDouble() < 1 / blockLength ? random.Next(rows) : (sample[i - 1] + 1) % rows;
        }

        return sample;
    }

    /// <summary>The optimal lengths for the stationary and for the circular block bootstrap, before they are bounded from below.</summary>
    internal static (double Stationary, double Circular) Lengths(IReadOnlyList<double> series)
    {
        var rows = series.Count;
        if (rows < 4) return (1, 1);
        var mean = series.Average();
        double[] centred = [.. series.Select(value => value - mean)];
        var covariances = Covariances(centred, Math.Min(rows - 2, (int)Math.Ceiling(Math.Sqrt(rows)) + Insignificant(rows)));
        if (!(covariances[0] > 0)) return (1, 1);
        var window = 2 * Math.Max(1, FirstInsignificantLag(covariances, rows));
        var lags = Math.Min(window, covariances.Length - 1);
        var (slope, longRun) = (0.0, covariances[0]);
        for (var k = 1; k <= lags; k++)
        {
            // The flat-top window: 1 up to a half, then down to 0.
            var weight = Math.Min(1, 2 * (1 - (k / (double)lags)));
            slope += 2 * weight * k * covariances[k];
            longRun += 2 * weight * covariances[k];
        }

        var largest = Math.Ceiling(Math.Min(3 * Math.Sqrt(rows), rows / 3.0));
        double Bounded(double constant) => Math.Min(largest, Math.Cbrt(2 * slope * slope / (constant * longRun * longRun) * rows));
        return (Bounded(2), Bounded(4.0 / 3));
    }

    private static double[] Covariances(double[] centred, int maxLag) =>
        [.. Enumerable.Range(0, maxLag + 1)
            .Select(lag => Dot(centred.AsSpan(lag), centred.AsSpan(0, centred.Length - lag)) / centred.Length)];

    // So many lags in a row must be insignificant before a correlation is taken to have died out.
    private static int Insignificant(int rows) => Math.Max(5, (int)Math.Log10(rows));

    private static int FirstInsignificantLag(double[] covariances, int rows)
    {
        var critical = 2 * Math.Sqrt(Math.Log10(rows) / rows) * covariances[0];
        var needed = Insignificant(rows);
        for (var lag = 1; lag + needed <= covariances.Length; lag++)
        {
            if (Enumerable.Range(lag, needed).All(next => Math.Abs(covariances[next]) < critical)) return lag;
        }

        return covariances.Length - 1;
    }
}
