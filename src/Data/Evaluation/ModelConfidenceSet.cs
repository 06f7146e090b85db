namespace MacroCausal.Data.Evaluation;

/// <summary>
/// The model confidence set (Hansen, Lunde and Nason, 2011) with the statistic T_max: the worst model is dropped as long as equal losses of
/// those left are rejected. With probability 1 - alpha the models whose p-value is at least alpha hold the best one.
/// </summary>
public static class ModelConfidenceSet
{
    private const int Resamples = 1000;

    /// <summary>The p-value of every model by name; the last one left has 1.</summary>
    /// <param name="losses">Losses by name, [N] each: squared errors of the same rows.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static IReadOnlyDictionary<string, double> PValues(IReadOnlyDictionary<string, double[]> losses, int seed)
    {
        var names = losses.Keys.ToList();
        var means = names.ConvertAll(name => losses[name].Average());
        var draws = Draws([.. names.Select(name => losses[name])], means, seed);
        var left = Enumerable.Range(0, names.Count).ToList();
        var (values, largest) = (new Dictionary<string, double>(StringComparer.Ordinal), 0.0);
        while (left.Count > 1)
        {
            var (worst, pValue) = Test(left, means, draws);
            largest = Math.Max(largest, pValue);
            values[names[worst]] = largest;
            left.Remove(worst);
        }

        foreach (var last in left)
        {
            values[names[last]] = 1;
        }

        return values;
    }

    // What the means deviate by in each resample, [B][M].
    private static List<double[]> Draws(double[][] losses, List<double> means, int seed)
    {
        var random = new Random(seed);
        var rows = losses[0].Length;
        var length = losses.Max(BlockBootstrap.Length);
        return [.. Enumerable.Range(0, Resamples).Select(_ =>
        {
            var sample = BlockBootstrap.Draw(rows, length, random);
            return losses.Select((loss, model) => sample.Average(row => loss[row]) - means[model]).ToArray();
        })];
    }

    private static (int Worst, double PValue) Test(List<int> left, List<double> means, List<double[]> draws)
    {
        var mean = left.Average(model => means[model]);
        var deviations = draws.ConvertAll(draw =>
        {
            var drawn = left.Average(model => draw[model]);
            return left.ConvertAll(model => draw[model] - drawn);
        });
        var errors = left.Select((_, index) => Math.Sqrt(deviations.Average(draw => draw[index] * draw[index]))).ToList();
        var statistics = left.Select((model, index) => Ratio(means[model] - mean, errors[index])).ToList();
        var largest = statistics.Max();
        var exceeding = deviations.Count(draw => draw.Select((deviation, index) => Ratio(deviation, errors[index])).Max() >= largest);
        return (left[statistics.IndexOf(largest)], exceeding / (double)draws.Count);
    }

    // Models that differ from the others in nothing have no error either.
    private static double Ratio(double difference, double error) => error > 0 ? difference / error : 0;
}
