using MathNet.Numerics.Distributions;

namespace MacroCausal.Bench.Soak;

/// <summary>
/// The slope of a straight line through points by least squares, with its 95 % confidence interval (Student's t, n - 2 degrees of freedom).
/// </summary>
internal sealed record Growth(double Slope, double Low, double High)
{
    public static Growth Fit(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count < 3)
            throw new ArgumentException($"A line through {points.Count} points has no confidence; take at least 3.", nameof(points));
        var (meanX, meanY) = (points.Average(point => point.X), points.Average(point => point.Y));
        var spread = points.Sum(point => (point.X - meanX) * (point.X - meanX));
        var slope = points.Sum(point => (point.X - meanX) * (point.Y - meanY)) / spread;
        var residual = points.Sum(point => Math.Pow(point.Y - meanY - (slope * (point.X - meanX)), 2));
        var half = StudentT.InvCDF(0, 1, points.Count - 2, 0.975) * Math.Sqrt(residual / (points.Count - 2) / spread);
        return new Growth(slope, slope - half, slope + half);
    }
}
