namespace MacroCausal.Search.Samplers;

/// <summary>How much an observation counts by its age, after Optuna's default weights.</summary>
internal static class ObservationWeights
{
    private const int Recent = 25;

    /// <summary>
    /// Logarithms of the normalised weights of <paramref name="count"/> observations in order of trial number, and last that of the prior: all 1 below 25; else
    /// the oldest rise linearly from 1/n to 1 and the last 25 are 1. The prior has 1.
    /// </summary>
    public static double[] LogWeights(int count)
    {
        var weights = new double[count + 1];
        Array.Fill(weights, 1.0);
        var old = count - Recent;
        for (var index = 0; index < old; index++) weights[index] = old == 1 ? 1.0 / count : double.Lerp(1.0 / count, 1, index / (old - 1.0));
        var logTotal = Math.Log(weights.Sum());
        return Array.ConvertAll(weights, weight => Math.Log(weight) - logTotal);
    }
}
