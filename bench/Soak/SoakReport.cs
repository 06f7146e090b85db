using System.Globalization;
using MathNet.Numerics.Distributions;

namespace MacroCausal.Bench.Soak;

/// <summary>The curve of <c>bench soak</c>, and what it comes to.</summary>
internal static class SoakReport
{
    /// <summary>What a study may keep of a trial for as long as it runs.</summary>
    private const double BytesOfATrial = 200;

    public static void Write(IReadOnlyList<MemorySample> samples)
    {
        Console.WriteLine("Memory of one process after a full collection, a study of short trials on the sample (MB):\n");
        Report.Write(["trials", "resident", "private", "objects", "managed heap", "native"], samples.Select(Row));

        var last = samples.Skip(samples.Count / 2).ToList();
        Console.WriteLine($"Growth over the last {last.Count} samples, bytes a trial, 95 % confidence:\n");
        Report.Write(["memory", "bytes a trial", "from", "to", "verdict"],
        [
            Row("resident", last, sample => sample.Resident),
            Row("private", last, sample => sample.Private),
            Row("objects", last, sample => sample.Objects),
            Row("native", last, sample => sample.Native),
        ]);
    }

    private static IReadOnlyList<string> Row(MemorySample sample) =>
        [sample.Trials.ToString("N0", CultureInfo.InvariantCulture), Megabytes(sample.Resident), Megabytes(sample.Private),
            Megabytes(sample.Objects), Megabytes(sample.Heap), Megabytes(sample.Native)];

    private static IReadOnlyList<string> Row(string name, List<MemorySample> samples, Func<MemorySample, long> value)
    {
        var growth = Growth.Fit([.. samples.Select(sample => ((double)sample.Trials, (double)value(sample)))]);
        return [name, Bytes(growth.Slope), Bytes(growth.Low), Bytes(growth.High), growth.Low > BytesOfATrial ? "grows" : "flat"];
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture);

    private static string Bytes(double bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>
/// The slope of a straight line through points by least squares, with its 95 % confidence interval (Student's t, n - 2 degrees of freedom).
/// </summary>
internal sealed record Growth(double Slope, double Low, double High)
{
    public static Growth Fit(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count < 3)
        {
            throw new ArgumentException($"A line through {points.Count} points has no confidence; take at least 3.", nameof(points));
        }

        var (meanX, meanY) = (points.Average(point => point.X), points.Average(point => point.Y));
        var spread = points.Sum(point => (point.X - meanX) * (point.X - meanX));
        var slope = points.Sum(point => (point.X - meanX) * (point.Y - meanY)) / spread;
        var residual = points.Sum(point => Math.Pow(point.Y - meanY - (slope * (point.X - meanX)), 2));
        var half = StudentT.InvCDF(0, 1, points.Count - 2, 0.975) * Math.Sqrt(residual / (points.Count - 2) / spread);
        return new Growth(slope, slope - half, slope + half);
    }
}
