namespace MacroCausal.Search.Samplers;

/// <summary>Widths (sigma) of the kernels of n observations between the bounds L and H.</summary>
internal static class Bandwidths
{
    /// <summary>
    /// The larger gap to a neighbour among the sorted observations and the bounds; from two observations on the outermost ones look inwards only. (Bergstra et al., NeurIPS 2011,
    /// section 4.2, with Optuna's treatment of the ends.)
    /// </summary>
    public static double[] Univariate(ReadOnlySpan<double> observations, double low, double high)
    {
        var count = observations.Length;
        var sorted = observations.ToArray();
        var order = new int[count];
        for (var index = 0; index < count; index++) order[index] = index;
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

    /// <summary>0.2 n^(-1 / (d + 4)) (H - L) for d dimensions: Scott's rule with Optuna's factor.</summary>
    public static double[] Multivariate(int count, int dimensions, double low, double high)
    {
        var sigmas = new double[count];
        Array.Fill(sigmas, Clip(0.2 * Math.Pow(count, -1.0 / (dimensions + 4)) * (high - low), count, high - low));
        return sigmas;
    }

    /// <summary>To [(H - L) / min(100, n + 2), H - L].</summary>
    private static double Clip(double sigma, int count, double range) => Math.Clamp(sigma, range / Math.Min(100, count + 2), range);
}
