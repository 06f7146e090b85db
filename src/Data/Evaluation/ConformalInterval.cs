namespace MacroCausal.Data.Evaluation;

/// <summary>
/// Split conformal prediction (Papadopoulos et al., 2002; Lei et al., 2018): a prediction plus and minus a half-width covers the target
/// with at least the level's probability where the residuals and the new one are exchangeable. Those of a time series are only nearly so.
/// </summary>
public static class ConformalInterval
{
    // 10 * 0.9 may be a hair above 9.
    private const double Rounding = 1e-9;

    /// <summary>Half-width of the interval: the ceil((n + 1) level)-th smallest absolute residual.</summary>
    /// <param name="residuals">Residuals of rows that trained nothing, [n].</param>
    /// <param name="level">Probability to cover, above 0, at most n / (n + 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is out of range.</exception>
    public static double HalfWidth(IReadOnlyList<double> residuals, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel(residuals.Count));
        var rank = Math.Clamp((int)Math.Ceiling(((residuals.Count + 1) * level) - Rounding), 1, residuals.Count);
        return residuals.Select(Math.Abs).Order().ElementAt(rank - 1);
    }

    /// <summary>The largest level that some residuals can give: n / (n + 1).</summary>
    public static double MaxLevel(int residuals) => residuals / (residuals + 1.0);
}
