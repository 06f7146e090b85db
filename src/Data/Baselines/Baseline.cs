using MacroCausal.Data.Preparation;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Fits a simple model on the training rows and forecasts the scaled target of every validation row. A forecast may use the row's features
/// and the targets of earlier rows, never the row's own target.
/// </summary>
public delegate double[] BaselineForecast(FeatureMatrix train, FeatureMatrix validation, CancellationToken cancellationToken);

/// <summary>A simple model that a network must beat. To add one, write its forecast and add a line to <see cref="All"/>.</summary>
/// <param name="Name">Its key in messages and records, such as <c>ridge</c>.</param>
/// <param name="Article">The article that goes before <paramref name="Label"/> in a sentence.</param>
/// <param name="Label">What texts call it.</param>
/// <param name="Forecast">Its forecast of the validation rows.</param>
public sealed record Baseline(string Name, string Article, string Label, BaselineForecast Forecast)
{
    /// <summary>Name of the baseline that always forecasts the training mean; the others are optional, this one is not.</summary>
    public const string Mean = "mean";

    /// <summary>Every baseline, in the order in which they are shown.</summary>
    public static IReadOnlyList<Baseline> All { get; } =
    [
        new(Mean, "the", "training mean", ForecastMean),
        new("ridge", "a", "ridge regression", RidgeRegression.Forecast),
    ];

    /// <summary>The label after its article, for a sentence.</summary>
    public string Phrase => $"{Article} {Label}";

    /// <summary>The baseline of that name, or one that is called by its name where this build does not know it.</summary>
    public static Baseline Find(string name) => All.FirstOrDefault(baseline => baseline.Name == name)
        ?? new Baseline(name, "the baseline", name, (_, _, _) => throw new NotSupportedException($"This build has no baseline '{name}'."));

    /// <summary>Key of a baseline's error among a registered model's metrics.</summary>
    public static string MetricKey(string name) => name + "_baseline";

    /// <summary>Key of a baseline's error in the JSON line of a command.</summary>
    public static string JsonKey(string name) => name + "Baseline";

    /// <summary>The validation error of every baseline by name: mean squared error in the target's unit, squared.</summary>
    public static IReadOnlyDictionary<string, double> Evaluate(
        FeatureMatrix train, FeatureMatrix validation, double targetScale, CancellationToken cancellationToken = default) =>
        All.ToDictionary(
            baseline => baseline.Name,
            baseline => baseline.MeanSquaredError(train, validation, targetScale, cancellationToken));

    /// <summary>
    /// Mean squared error on the validation rows, in the target's unit, squared. <paramref name="targetScale"/> is the unit of the scaled
    /// target.
    /// </summary>
    public double MeanSquaredError(
        FeatureMatrix train, FeatureMatrix validation, double targetScale, CancellationToken cancellationToken = default)
    {
        ThrowIfNoTarget(train);
        ThrowIfNoTarget(validation);
        var forecasts = Forecast(train, validation, cancellationToken);
        var squares = forecasts.Zip(validation.Target!, (forecast, target) => Math.Pow(forecast - target, 2));
        return squares.Average() * targetScale * targetScale;
    }

    private static double[] ForecastMean(FeatureMatrix train, FeatureMatrix validation, CancellationToken cancellationToken)
    {
        var mean = train.Target!.Average(value => (double)value);
        return [.. Enumerable.Repeat(mean, validation.Rows)];
    }

    private static void ThrowIfNoTarget(FeatureMatrix table)
    {
        if (table.Target is not null) return;
        throw new ArgumentException("A baseline needs the target; prepare the rows from a table that has one.", nameof(table));
    }
}
