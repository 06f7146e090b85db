using System.Text.Json;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Fits a simple model on the training rows of a series: a sum of what is known at a row, its features, and targets from the horizon back.
/// Null where the table has no such forecast, such as a seasonal one without a season.
/// </summary>
public delegate FittedSums? BaselineFit(BaselineSeries series, CancellationToken cancellationToken);

/// <summary>What a fit comes to.</summary>
/// <param name="All">The sum that is fitted on the rows of all groups.</param>
/// <param name="Groups">Sums of the groups that have their own; null where none has.</param>
public sealed record FittedSums(LagSum All, IReadOnlyDictionary<string, LagSum>? Groups = null);

/// <summary>A simple model that a network must beat. To add one, write its fit and add a line to <see cref="All"/>.</summary>
/// <param name="Name">Its key in messages and records, such as <c>ridge</c>.</param>
/// <param name="Article">The article that goes before <paramref name="Label"/> in a sentence.</param>
/// <param name="Label">What texts call it.</param>
/// <param name="Fit">What fits it.</param>
public sealed record Baseline(string Name, string Article, string Label, BaselineFit Fit)
{
    /// <summary>Name of the baseline that always forecasts the training mean; the others are optional, this one is not.</summary>
    public const string Mean = "mean";

    /// <summary>Name of the newest target that is known.</summary>
    public const string LastValue = ResidualBaselines.LastValue;

    /// <summary>Name of the autoregression.</summary>
    public const string Autoregressive = ResidualBaselines.Autoregression;

    /// <summary>Name of the ridge regression on the features.</summary>
    public const string Ridge = ResidualBaselines.Ridge;

    /// <summary>Every baseline, in the order in which they are shown.</summary>
    public static IReadOnlyList<Baseline> All { get; } =
    [
        new(Mean, "the", "training mean", (series, _) => series.FitByGroup(rows => FitMean(series, rows), 1)),
        new(LastValue, "the", "last value", (series, _) => NewestTarget(series, series.Horizon)),
        new("seasonalLastValue", "the", "last value of the season", (series, _) =>
            series.HasSeason ? NewestTarget(series, Autoregression.SeasonalLag(series)) : null),
        new(Autoregressive, "an", "autoregression", (series, _) =>
            series.FitByGroup(rows => Autoregression.Fit(series, rows), Autoregression.MinRows)),
        new("arSeasonal", "a", "seasonal autoregression", (series, _) => series.HasSeason
            ? series.FitByGroup(rows => Autoregression.FitSeasonal(series, rows), Autoregression.MinRows)
            : null),
        new(Ridge, "a", "ridge regression", RidgeRegression.Fit),
        new("ridgeLags", "a", "ridge regression with lags", RidgeRegression.FitWithLags),
        new(BoostedTrees.Name, "", "gradient boosting", BoostedTrees.Fit),
    ];

    /// <summary>The label after its article, for a sentence.</summary>
    public string Phrase => $"{Article} {Label}".TrimStart();

    /// <summary>The baseline of that name, or one that is called by its name where this build does not know it.</summary>
    public static Baseline Find(string name) => All.FirstOrDefault(baseline => baseline.Name == name)
        ?? new Baseline(name, "the baseline", name, (_, _) => throw new NotSupportedException($"This build has no baseline '{name}'."));

    /// <summary>The baseline with the lowest error, the first in the order of <see cref="All"/> where several have it.</summary>
    public static KeyValuePair<string, double> BestOf(IReadOnlyDictionary<string, double> errors) =>
        errors.OrderBy(error => Order(error.Key)).MinBy(error => error.Value);

    /// <summary>Errors in the order of <see cref="All"/>, whatever order a message gave them.</summary>
    public static IEnumerable<KeyValuePair<string, double>> InOrder(IReadOnlyDictionary<string, double> errors) =>
        errors.OrderBy(error => Order(error.Key)).ThenBy(error => error.Key, StringComparer.Ordinal);

    /// <summary>Key of a baseline's error among a registered model's metrics, such as <c>last_value_baseline</c>.</summary>
    public static string MetricKey(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name) + "_baseline";

    /// <summary>Key of a baseline's error in the JSON line of a command, such as <c>lastValueBaseline</c>.</summary>
    public static string JsonKey(string name) => name + "Baseline";

    /// <summary>Fits every baseline that the series has, in the order of <see cref="All"/>.</summary>
    public static IReadOnlyList<FittedBaseline> FitAll(BaselineSeries series, CancellationToken cancellationToken = default)
    {
        var fitted = new List<FittedBaseline>();
        foreach (var baseline in All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (baseline.Fit(series, cancellationToken) is { } sums) fitted.Add(new(baseline.Name, sums.All, sums.Groups));
        }

        return fitted;
    }

    private static int Order(string name) =>
        All.Index().FirstOrDefault(baseline => baseline.Item.Name == name, (Index: int.MaxValue, Item: null!)).Index;

    private static LagSum FitMean(BaselineSeries series, int[] rows) => new([], [], [], rows.Average(series.Target));

    private static FittedSums NewestTarget(BaselineSeries series, int lag) =>
        series.FitByGroup(rows => new LagSum([lag], [1], [], 0, rows.Average(series.Target)), 1);
}
