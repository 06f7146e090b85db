using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;
using static System.FormattableString;

namespace MacroCausal.Data;

/// <summary>
/// From a table to what a study trains on: drop rows without a target, sort by date and group, split at dates, fit the preprocessor on the
/// training rows, add what temporal features are wanted, transform, and evaluate the baselines. Pure.
/// </summary>
public static class DatasetBuilder
{
    /// <summary>Builds the dataset of a table, in memory.</summary>
    /// <exception cref="DataRejectedException">It cannot be trained on; with every reason.</exception>
    public static Dataset Build(Table table, PrepareOptions options, CancellationToken cancellationToken = default) =>
        Build(table, options, null, cancellationToken);

    /// <summary>
    /// Builds the dataset of a table. Where its features are too many for the memory and there is <paramref name="scratch"/> space, they go
    /// there; table and scratch file must then stay open as long as the dataset is used.
    /// </summary>
    /// <exception cref="DataRejectedException">It cannot be trained on; with every reason.</exception>
    public static Dataset Build(
        Table table, PrepareOptions options, ScratchSpace? scratch, CancellationToken cancellationToken = default)
    {
        var reasons = new List<string>();
        OptionCheck.Columns(table, options, reasons);
        var selection = RowSelection.Of(table, options, reasons);
        ChronologicalSplit? split = null;
        TemporalResult? prepared = null;
        if (OptionCheck.Fractions(options, reasons) && table.Rows > 0)
        {
            split = Split(selection, options, reasons);
            selection = options.Fold is null ? selection : selection.First(split.Test.End);
            prepared = Fit(table, selection, split, options, reasons, cancellationToken);
        }

        if (reasons.Count > 0) throw new DataRejectedException(reasons);
        SizeCheck.Throw(split!, prepared!.Fitted.Columns.Count);
        return Apply(table, selection, split!, prepared, options, scratch, cancellationToken);
    }

    private static ChronologicalSplit Split(RowSelection selection, PrepareOptions options, List<string> reasons)
    {
        var (rows, dates) = (selection.Rows.Length, selection.Dates);
        var split = options.Fold is { } fold
            ? ChronologicalSplit.OfFold(rows, fold, options, dates)
            : ChronologicalSplit.Of(
                rows, options.TrainFraction, options.TestFraction, options.EmbargoRows, options.Horizon - 1, dates);
        OptionCheck.Splits(split, dates, rows, options, reasons);
        return split;
    }

    private static TemporalResult? Fit(
        Table table, RowSelection selection, ChronologicalSplit split, PrepareOptions options, List<string> reasons,
        CancellationToken cancellationToken)
    {
        var rows = selection.Rows;
        var trainRows = rows[..split.Train.Count];
        if (trainRows.Length == 0) return null;
        var fitted = Preprocessor.Fit(
            table, trainRows, selection.Targets[..trainRows.Length], options, selection.Time, reasons, cancellationToken);
        TargetColumn.CheckRange(table, fitted, rows, reasons);
        (fitted, var clipping) = reasons.Count > 0
            ? (fitted, null)
            : ClipSelection.Choose(table, selection, trainRows.Length, fitted, options, cancellationToken);
        var isClipped = fitted.Columns.Any(feature => feature.Limit is not null);
        var prepared = TemporalSelection.Add(
            table, selection, trainRows.Length, fitted, isClipped ? options : options with { Clip = 0 }, reasons, cancellationToken);
        Preprocessor.CheckFeatures(table, prepared.Fitted, reasons);
        return prepared with
        {
            Fitted = reasons.Count > 0
                ? prepared.Fitted
                : LinearMembers.Unclipped(prepared.Fitted, prepared.Table, trainRows, selection.Targets),
            Clipping = clipping,
        };
    }

    private static Dataset Apply(
        Table table,
        RowSelection selection,
        ChronologicalSplit split,
        TemporalResult prepared,
        PrepareOptions options,
        ScratchSpace? scratch,
        CancellationToken cancellationToken)
    {
        var (rows, fitted, whole) = (selection.Rows, prepared.Fitted, prepared.Table);
        var features = scratch is not null && (long)rows.Length * fitted.Columns.Count > scratch.MemoryCells
            ? new ScratchFeatures(scratch.Open(), rows.Length, fitted.FeatureValues(whole, rows), cancellationToken)
            : null;
        FeatureMatrix Part(RowRange range) => fitted.Apply(
            whole, rows[range.Start..range.End], selection.Targets[range.Start..range.End], features?.Rows(range.Start)) with
        {
            BlockCells = scratch?.MemoryCells ?? ScratchSpace.DefaultMemoryCells,
        };
        var train = Part(split.Train);
        var validation = Part(split.Validation);
        var test = split.Test.Count == 0 ? null : Part(split.Test);
        cancellationToken.ThrowIfCancellationRequested();
        double[] targets = Array.ConvertAll(selection.Targets, value => (value - fitted.TargetMean) / fitted.TargetScale);
        LinearModel? ridge = null;
        IReadOnlyList<FittedBaseline>? fittedBaselines = null;
        string? withoutTrees = null;
        Func<RowRange, BaselineForecasts> Baselines(FeatureMatrix known, params (int Start, FeatureMatrix Rows)[] later)
        {
            var series = new BaselineSeries(targets, known, later, selection.Dates, selection.Groups)
            {
                Horizon = options.Horizon,
                Features = fitted.OwnFeatures,
                Season = selection.Time.Frequency?.RowsPerYear ?? 0,
            };
            var baselines = Baseline.FitAll(series, cancellationToken);
            (ridge, fittedBaselines) = (ridge ?? series.Ridge, fittedBaselines ?? baselines);
            withoutTrees ??= BoostedTrees.WhyLeftOut(series);
            return range => BaselineForecasts.Of(series, baselines, range, fitted.TargetMean, fitted.TargetScale);
        }

        var forecasts = Baselines(
            train, [(split.Validation.Start, validation), .. test is null ? [] : new[] { (split.Test.Start, test) }]);

        // The block of a fold is forecast by baselines that saw everything before it, the rows that select its model included.
        var forecastsOfTest = test is null || options.Fold is null
            ? forecasts
            : Baselines(Part(new RowRange(0, split.Validation.End)), (split.Test.Start, test));

        // What is too large for the memory stays as it is.
        var complete = train.IsInMemory ? train.Where(LinearMembers.CompleteRows(fitted, whole, rows[..split.Train.Count])) : train;
        var members = LinearMembers.Of(fitted, complete, ridge!);
        var (residual, summary) = ResidualSelection.Choose(options, members, complete, train.Rows - complete.Rows);
        var profile = FullDataProfile.Of(table, selection, split, fitted, options);
        return new Dataset
        {
            Train = residual is null ? train : complete,
            Validation = validation,
            Test = test,
            Preprocessor = fitted,
            Profile = profile with
            {
                Warnings = withoutTrees is null ? profile.Warnings : [.. profile.Warnings, withoutTrees],
                Temporal = prepared.Profile,
                Clipping = prepared.Clipping,
                Residual = summary,
            },
            LinearMembers = members,
            FittedBaselines = fittedBaselines!,
            Residual = residual,
            BaselineForecasts = forecasts(split.Validation),
            TestBaselineForecasts = test is null ? null : forecastsOfTest(split.Test),
        };
    }
}

/// <summary>A table made ready for a study.</summary>
public sealed record Dataset
{
    public required FeatureMatrix Train { get; init; }

    public required FeatureMatrix Validation { get; init; }

    /// <summary>Null where no rows are held out.</summary>
    public FeatureMatrix? Test { get; init; }

    public required FittedPreprocessor Preprocessor { get; init; }

    public required FullDataProfile Profile { get; init; }

    /// <summary>The baselines that are weighted sums of the features, one or more.</summary>
    public required IReadOnlyList<LinearMember> LinearMembers { get; init; }

    /// <summary>Every baseline that the table has, as the training rows fitted it.</summary>
    public required IReadOnlyList<FittedBaseline> FittedBaselines { get; init; }

    /// <summary>What the networks learn instead of the target; null where they learn the target.</summary>
    public ResidualModel? Residual { get; init; }

    /// <summary>What every <see cref="Baseline"/> that the table has forecasts for the validation rows.</summary>
    public required BaselineForecasts BaselineForecasts { get; init; }

    /// <summary>The same for the test rows; null where there are none.</summary>
    public BaselineForecasts? TestBaselineForecasts { get; init; }

    /// <summary>Validation error of every baseline by name: mean squared error in the target's unit, squared.</summary>
    public IReadOnlyDictionary<string, double> Baselines => BaselineForecasts.Errors;
}

/// <summary>What a trainer can hold: the features of a split are one array.</summary>
internal static class SizeCheck
{
    public static void Throw(ChronologicalSplit split, int features, int maxCells = 0x7FFFFFC7)
    {
        var reasons = new[] { ("training", split.Train), ("validation", split.Validation), ("test", split.Test) }
            .Where(part => (long)part.Item2.Count * features > maxCells)
            .Select(part => Invariant($"The {part.Item1} rows are too many: {part.Item2.Count} rows of {features} features are more than ")
                + Invariant($"{maxCells} values, which is what a trainer can hold. Leave out the oldest rows, or ignore columns."))
            .ToList();
        if (reasons.Count > 0) throw new DataRejectedException(reasons);
    }
}
