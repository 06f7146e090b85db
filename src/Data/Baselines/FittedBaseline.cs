using System.Text.Json;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// A baseline as it was fitted, so that it can forecast rows of other tables too. Every baseline is a weighted sum of a row's features and
/// of targets that are known there, or of trees on them.
/// </summary>
/// <param name="Name">Its name, such as <c>ar</c>.</param>
/// <param name="Sum">The sum, fitted on the rows of all groups.</param>
/// <param name="Groups">Sums of the groups that have their own, by group; null where there is one series, or one sum for all.</param>
public sealed record FittedBaseline(string Name, LagSum Sum, IReadOnlyDictionary<string, LagSum>? Groups = null)
{
    /// <summary>The scaled forecast of a row of a series.</summary>
    public double Forecast(BaselineSeries series, int row) => SumOf(series, row).Forecast(series, row);

    /// <summary>Whether every target that the forecast of a row is made of is known.</summary>
    public bool KnowsLags(BaselineSeries series, int row) => SumOf(series, row).KnowsLags(series, row);

    /// <summary>The content of <c>baselines.json</c>; the same baselines give the same bytes.</summary>
    public static byte[] ToJson(IReadOnlyList<FittedBaseline> baselines) =>
        JsonSerializer.SerializeToUtf8Bytes(baselines, DataJson.Options);

    /// <summary>Reads a <c>baselines.json</c>.</summary>
    /// <param name="json">The file.</param>
    /// <param name="features">Number of features of the table's own columns, which each has a weight for or none.</param>
    /// <exception cref="TableException">It is none, or is of other features.</exception>
    public static IReadOnlyList<FittedBaseline> FromJson(ReadOnlySpan<byte> json, int features)
    {
        try
        {
            var baselines = JsonSerializer.Deserialize<FittedBaseline[]>(json, DataJson.Options) ?? throw new JsonException("it is null");
            bool Fits(LagSum? sum) => sum is { Lags: not null, LagWeights: not null, Weights: not null }
                && sum.Lags.Length == sum.LagWeights.Length && Array.TrueForAll(sum.Lags, lag => lag > 0)
                && (sum.Weights.Length == 0 || sum.Weights.Length == features)
                && (sum.Trees is null || Array.TrueForAll(sum.Trees, tree => tree?.IsOf(features + sum.Lags.Length) ?? false));
            return Array.TrueForAll(baselines, baseline =>
                    baseline is { Name: not null } && Fits(baseline.Sum) && (baseline.Groups?.Values.All(Fits) ?? true))
                ? baselines
                : throw new JsonException($"a baseline is not of {features} features");
        }
        catch (JsonException exception)
        {
            throw new TableException(
                $"baselines.json cannot be read ({exception.Message.TrimEnd('.')}); train again or restore it.", exception);
        }
    }

    private LagSum SumOf(BaselineSeries series, int row) =>
        Groups is not null && series.GroupOf(row) is { } group && Groups.TryGetValue(group, out var own) ? own : Sum;
}

/// <summary>A weighted sum of features and of earlier targets, and of trees on them, all scaled.</summary>
/// <param name="Lags">How many rows before the row these targets are, in its group; 1 or more each.</param>
/// <param name="LagWeights">Their weights.</param>
/// <param name="Weights">Weights of the features of the table's own columns; empty where it is made of targets alone.</param>
/// <param name="Intercept">What is added.</param>
/// <param name="WithoutLags">The forecast of a row that lacks one of the targets; null where what is missing counts as 0, the mean.</param>
public sealed record LagSum(int[] Lags, double[] LagWeights, double[] Weights, double Intercept, double? WithoutLags = null)
{
    /// <summary>Trees on the features and on the targets of <see cref="Lags"/>, which are added; null where there are none.</summary>
    public RegressionTree[]? Trees { get; init; }

    /// <summary>The scaled forecast of a row.</summary>
    public double Forecast(BaselineSeries series, int row)
    {
        var sum = Intercept;
        if (Weights.Length > 0)
        {
            var features = series.Row(row);
            for (var j = 0; j < Weights.Length; j++)
            {
                sum += Weights[j] * features[j];
            }
        }

        for (var j = 0; j < Lags.Length; j++)
        {
            var lag = series.Lag(row, Lags[j]);
            if (double.IsNaN(lag) && WithoutLags is { } without) return without;
            sum += LagWeights[j] * (double.IsNaN(lag) ? 0 : lag);
        }

        if (Trees is null) return sum;
        var inputs = series.Row(row);
        var lags = LagsOf(series, row, Lags);
        foreach (var tree in Trees)
        {
            sum += tree.Value(inputs, lags);
        }

        return sum;
    }

    /// <summary>Whether the targets of all lags are known at a row.</summary>
    internal bool KnowsLags(BaselineSeries series, int row) => Array.TrueForAll(Lags, lag => double.IsFinite(series.Lag(row, lag)));

    /// <summary>Earlier targets of a row, 0 for those that are missing.</summary>
    internal static double[] LagsOf(BaselineSeries series, int row, int[] lags) =>
        Array.ConvertAll(lags, lag => series.LagOrMean(row, lag));
}
