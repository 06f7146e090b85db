namespace MacroCausal.Data.Evaluation;

/// <summary>
/// Shares of forecasts in their combination: proportional to the inverse of each one's loss (Bates and Granger, 1969), here to its power
/// 8. What is nearly as good as the best has nearly its share, so that the mean gains by what they do not have in common;
/// what has twice the loss has none to speak of.
/// </summary>
public static class ForecastCombination
{
    // With 1 or 2, which are common, a forecast of twice the loss still has a third or a fifth beside the best.
    private const int Power = 8;

    /// <summary>The shares, [K]; they sum to 1.</summary>
    /// <param name="losses">Mean squared errors, [K], 0 or more; one of them finite. What is not finite has no share.</param>
    /// <exception cref="ArgumentException">None of the losses is finite.</exception>
    public static double[] Shares(IReadOnlyList<double> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        var best = losses.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();
        if (double.IsNaN(best)) throw new ArgumentException("A combination needs a finite loss.", nameof(losses));
        double[] parts = [.. losses.Select(loss => loss == best ? 1 : double.IsFinite(loss) ? Math.Pow(best / loss, Power) : 0)];
        var sum = parts.Sum();
        return Array.ConvertAll(parts, part => part / sum);
    }

    /// <summary>The errors of the combination, or of a part of it, [N].</summary>
    /// <param name="errors">Errors of every forecast, [K][N].</param>
    /// <param name="shares">Its share, [K].</param>
    /// <param name="rows">Number of rows N.</param>
    public static double[] Combine(IReadOnlyList<double[]> errors, IReadOnlyList<double> shares, int rows) =>
        [.. Enumerable.Range(0, rows).Select(row => errors.Zip(shares, (error, share) => share * error[row]).Sum())];
}
