using MacroCausal.Data.Preparation;

namespace MacroCausal.Reporting.Features;

/// <summary>Finds out what a model makes of the columns of its table, within a bounded time.</summary>
public static class FeatureEffectsBuilder
{
    /// <summary>Validation rows that are needed at least.</summary>
    public const int MinRows = 20;

    private const int MaxDependence = 4;

    /// <summary>Shuffles the columns of the last validation rows.</summary>
    /// <param name="fitted">What made the features.</param>
    /// <param name="validation">Validation rows with targets, in the order of time.</param>
    /// <param name="allRows">How many there are in all.</param>
    /// <param name="forecast">The model.</param>
    /// <param name="forecastCost">Multiplications of one forecast.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>Null where the rows are too few, or a single shuffle of every column takes too long.</returns>
    public static FeatureEffects? Of(
        FittedPreprocessor fitted, FeatureMatrix validation, int allRows, RowForecaster forecast, double forecastCost, int seed)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(forecast);
        var sources = FeatureSource.Of(fitted);
        if (validation.Rows < MinRows || ShufflePlan.Of(validation.Rows, sources.Count, forecastCost) is not { } plan) return null;
        var first = validation.Rows - plan.Rows;
        var rows = new LabelledRows(
            validation.Features[(first * validation.Names.Count)..], validation.Target![first..], fitted.TargetScale);
        var blockRows = BlockRows(plan.Rows, validation.Dates?[first..]);
        IReadOnlyList<int>[] groups = [.. sources.Select(source => source.Features)];
        IReadOnlyList<FeatureSource> kept = plan.Kept == sources.Count
            ? sources
            : [.. sources.Zip(PermutationImportance.MeansOf(rows, groups, forecast, 1, blockRows, seed))
                .OrderByDescending(one => one.Second).Take(plan.Kept).Select(one => one.First)];
        var rises = PermutationImportance.Of(
            rows, [.. kept.Select(source => source.Features)], forecast, plan.Repeats, blockRows, seed);
        var found = kept.Zip(rises).OrderByDescending(one => one.Second.Mean).ToList();
        return new FeatureEffects
        {
            Seed = seed,
            Rows = plan.Rows,
            AllRows = allRows,
            BlockRows = blockRows,
            Repeats = plan.Repeats,
            LeftOut = sources.Count - kept.Count,
            Loss = rows.SquaredErrors(forecast(rows.Features)).Average(),
            Columns = [.. found.Select(one => new ColumnImportance(
                one.First.Name, one.First.Features.Count, one.Second.Mean, one.Second.Low, one.Second.High))],
            Dependence =
            [
                .. found.Where(one => one.Second.Mean > 0).Select(one => (Source: one.First, Settings: one.First.Settings(fitted, rows)))
                    .Where(one => one.Settings.Count > 1).Take(MaxDependence).Select(one => new ColumnDependence(
                        one.Source.Name,
                        PartialDependence.Of(rows, one.Source.Features, one.Settings, forecast, fitted.TargetMean))),
            ],
        };
    }

    // The cube root of the number of dates, rounded up, in dates; of a panel, so many dates of all series.
    private static int BlockRows(int rows, DateTimeOffset[]? dates)
    {
        var times = dates?.Distinct().Count() ?? rows;
        return Math.Max(1, (int)Math.Ceiling(Math.Cbrt(times) - 1e-9) * (int)Math.Round(rows / (double)times));
    }
}

/// <summary>How much is shuffled, so that it takes a bounded time whatever the table.</summary>
/// <param name="Rows">The last rows.</param>
/// <param name="Kept">Columns that are shuffled repeatedly; the others once.</param>
/// <param name="Repeats">How often.</param>
internal sealed record ShufflePlan(int Rows, int Kept, int Repeats)
{
    /// <summary>Multiplications that all forecasts together may take.</summary>
    public const double Budget = 1e10;

    private const int MaxRows = 2_000;
    private const int MinRows = 100;
    private const int MaxRepeats = 20;
    private const int MinRepeats = 5;
    private const int MinKept = 5;

    /// <summary>The plan; null where a single shuffle of every column goes beyond the budget.</summary>
    public static ShufflePlan? Of(int rows, int columns, double forecastCost)
    {
        var forecasts = Budget / forecastCost;
        var some = Math.Min(rows, MaxRows);
        var repeats = forecasts / ((double)some * columns);
        if (repeats >= MinRepeats) return new ShufflePlan(some, columns, (int)Math.Min(MaxRepeats, repeats));
        // Half for one shuffle of every column, half for more of those that matter.
        some = (int)Math.Min(some, Math.Max(MinRows, forecasts / 2 / columns));
        if ((double)some * columns > forecasts) return null;
        var kept = (int)Math.Clamp(forecasts / 2 / ((double)some * MinRepeats), Math.Min(MinKept, columns), columns);
        return new ShufflePlan(some, kept, MinRepeats);
    }
}
