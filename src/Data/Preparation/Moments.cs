namespace MacroCausal.Data.Preparation;

/// <summary>Mean and population standard deviation of finite numbers.</summary>
internal readonly record struct Moments(double Mean, double Scale)
{
    /// <summary>Two passes over numbers divided by the largest, so that neither huge nor tiny ones overflow or vanish.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        var largest = 0.0;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        if (largest == 0)
            return new Moments(0, 0);

        var sum = 0.0;
        foreach (var value in values)
            sum += value / largest;
        var mean = sum / values.Length;

        var squares = 0.0;
        foreach (var value in values)
            squares += Math.Pow((value / largest) - mean, 2);
        return new Moments(mean * largest, Math.Sqrt(squares / values.Length) * largest);
    }

    /// <summary>The middle of sorted numbers, or of the two in the middle.</summary>
    public static double Median(ReadOnlySpan<double> sorted)
    {
        var half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] / 2) + (sorted[half] / 2);
    }
}
