using System.Text.Json;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>
/// What was found in a gold table, with an entry for every column: <c>profile.json</c>. <see cref="DataProfile"/> is its summary, small
/// enough for a message.
/// </summary>
public sealed record FullDataProfile
{
    private const int MaxDroppedColumns = 50;
    private const int MaxWarnings = 20;

    /// <summary>Rows in the table, those without a target included.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows left out because they have no target.</summary>
    public required int RowsWithoutTarget { get; init; }

    /// <summary>Mean of the target over the rows kept, in its own unit.</summary>
    public required double TargetMean { get; init; }

    /// <summary>Population variance of the target over the rows kept.</summary>
    public required double TargetVariance { get; init; }

    /// <summary>Name of the date column; null where file order is taken as time.</summary>
    public string? DateColumn { get; init; }

    /// <summary>How its dates are written; null for dates that need no format.</summary>
    public string? DateFormat { get; init; }

    /// <summary>How often the rows come; null without dates.</summary>
    public DateFrequency? Frequency { get; init; }

    /// <summary>One sentence: where time comes from, how often rows come, and whether they were sorted.</summary>
    public string? Time { get; init; }

    /// <summary>Columns that name the series of a panel; none where the table is one series.</summary>
    public IReadOnlyList<string> GroupColumns { get; init; } = [];

    /// <summary>Number of groups among the rows with a target; null where the table is one series.</summary>
    public int? Groups { get; init; }

    /// <summary>Rows from a row to the one whose value its target is.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>Features made of history and date; null where none were asked for.</summary>
    public TemporalProfile? Temporal { get; init; }

    /// <summary>One line: whether numbers are clipped, and what was tried; null where nothing was to decide.</summary>
    public string? Clipping { get; init; }

    /// <summary>One line: whether the networks learn what a baseline leaves, and how little that is; null where not asked for.</summary>
    public string? Residual { get; init; }

    /// <summary>What is odd about the table but usable; the gravest first.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Dates of the training rows; null where the table has no dates.</summary>
    public DateRange? TrainDates { get; init; }

    /// <summary>Dates of the validation rows; null where the table has no dates.</summary>
    public DateRange? ValidationDates { get; init; }

    /// <summary>Dates of the test rows; null where there are none, or the table has no dates.</summary>
    public DateRange? TestDates { get; init; }

    /// <summary>Every column of the table, in its order.</summary>
    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    internal static FullDataProfile Of(
        Table table, RowSelection selection, ChronologicalSplit split, FittedPreprocessor fitted, PrepareOptions options)
    {
        var target = Moments.Of(selection.Targets);
        var missing = new Dictionary<string, int>(StringComparer.Ordinal);
        var warnings = DataWarnings.Of(WarningInputOf(table, selection, split, fitted, options, missing));
        return new FullDataProfile
        {
            Rows = table.Rows,
            RowsWithoutTarget = selection.WithoutTarget,
            TargetMean = target.Mean,
            TargetVariance = target.Scale * target.Scale,
            DateColumn = selection.Time.Column,
            DateFormat = fitted.DateFormat,
            Frequency = selection.Time.Frequency,
            Time = selection.Time.Summary + Purged(selection, options),
            GroupColumns = options.GroupColumns,
            Groups = selection.Groups?.Distinct(StringComparer.Ordinal).Count(),
            Horizon = options.Horizon,
            Warnings = [.. table.Warnings, .. selection.Warnings, .. warnings, .. Others(fitted)],
            TrainDates = Dates(selection.Dates, split.Train),
            ValidationDates = Dates(selection.Dates, split.Validation),
            TestDates = Dates(selection.Dates, split.Test),
            Columns = ColumnProfiles(table, selection.Rows, fitted, missing),
        };
    }

    /// <summary>The summary for a message; it names at most 50 dropped columns.</summary>
    public DataProfile Summarize()
    {
        var dropped = Columns.Where(column => !column.Kept).ToList();
        return new DataProfile
        {
            Rows = Rows,
            RowsWithoutTarget = RowsWithoutTarget,
            Columns = Columns.Count,
            ColumnsKept = Columns.Count - dropped.Count,
            Dropped = [.. dropped.Take(MaxDroppedColumns).Select(column => new DroppedColumn(
                PrintableText.Of(column.Name), PrintableText.Of(column.Reason ?? "")))],
            ColumnsDropped = dropped.Count,
            MissingShare = Columns.Where(column => column.Kept).Select(column => column.MissingShare).DefaultIfEmpty().Average(),
            TargetMean = TargetMean,
            TargetVariance = TargetVariance,
            Time = Time is null ? null : PrintableText.Of(Time),
            Temporal = Temporal is null ? null : PrintableText.Of(Temporal.Summary),
            Clipping = Clipping,
            Residual = Residual,
            Warnings = [.. Warnings.Take(MaxWarnings).Select(PrintableText.Of)],
            TrainDates = TrainDates,
            ValidationDates = ValidationDates,
            TestDates = TestDates,
        };
    }

    /// <summary>The content of <c>profile.json</c>; the same profile gives the same bytes.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DataJson.Options);

    // As the columns are read, one after the other into the same array, their missing cells are counted, so that nobody reads them again.
    private static WarningInput WarningInputOf(
        Table table, RowSelection selection, ChronologicalSplit split, FittedPreprocessor fitted, PrepareOptions options,
        Dictionary<string, int> missing)
    {
        var values = new double[selection.Rows.Length];
        double[] Read(Column column)
        {
            Cells.Numbers(column, selection.Rows, values);
            missing[column.Name] = values.Count(double.IsNaN);
            return values;
        }

        var others = new HashSet<string>([fitted.Target, .. fitted.Dropped.Where(IsNoFeature).Select(dropped => dropped.Name)]);
        return new WarningInput
        {
            TargetName = fitted.Target,
            Target = selection.Targets,
            IsBooleanTarget = table.Find(fitted.Target) is BooleanColumn,
            Columns =
            [
                .. table.Columns.Where(column => column is NumberColumn or BooleanColumn && !others.Contains(column.Name))
                    .Select(column => (column.Name, (Func<double[]>)(() => Read(column)))),
            ],
            TrainRows = split.Train.Count,
            Validation = split.Validation.Start..split.Validation.End,
            Dates = selection.Dates,
            Groups = selection.Groups,
            LeftOut = options.Horizon - 1L + options.EmbargoRows,
        };
    }

    // The mean of a feature over the training rows is the share of them that have it.
    private static IEnumerable<string> Others(FittedPreprocessor fitted) => fitted.Columns.Where(column => column.Role == FeatureRole.Other)
        .Select(column => (fitted.Inputs[column.Input], column.Mean))
        .Select(other => Invariant($"'{other.Item1.Name}' has more than {other.Item1.Categories.Count} values: the most frequent are ") +
            Invariant($"categories, the others, in {100 * other.Mean:0.#} % of the training rows, count as one. ") +
            "Group them yourself if they matter.");

    private static string Purged(RowSelection selection, PrepareOptions options) => options.Horizon == 1
        ? ""
        : Invariant($" Horizon {options.Horizon}: the last {options.Horizon - 1} ") +
            $"{(selection.Dates is null ? "rows" : "dates")} before a cut are left out, as their targets lie beyond it.";

    // Columns that are constant on the training rows are dropped too, and worth a warning where they change later.
    private static bool IsNoFeature(DroppedColumn dropped) => dropped.Reason != InputFitting.ConstantReason;

    private static List<ColumnProfile> ColumnProfiles(
        Table table, int[] rows, FittedPreprocessor fitted, Dictionary<string, int> missing)
    {
        var inputs = fitted.Inputs.ToDictionary(input => input.Name, StringComparer.Ordinal);
        var reasons = fitted.Dropped.ToDictionary(dropped => dropped.Name, dropped => dropped.Reason, StringComparer.Ordinal);
        return [.. table.Columns.Select(column => new ColumnProfile
        {
            Name = column.Name,
            Type = column.Type,
            Kept = inputs.ContainsKey(column.Name),
            Reason = reasons.GetValueOrDefault(column.Name),
            MissingShare = (missing.TryGetValue(column.Name, out var count) ? count : rows.Count(column.IsMissing)) / (double)rows.Length,
            Categories = inputs.GetValueOrDefault(column.Name) is { Kind: InputKind.Category } category ? category.Categories.Count : null,
        })];
    }

    private static DateRange? Dates(DateTimeOffset[]? dates, RowRange rows) =>
        dates is null || rows.Count == 0 ? null : new DateRange(dates[rows.Start], dates[rows.End - 1]);
}

/// <summary>One column of the table: what it is and what became of it.</summary>
public sealed record ColumnProfile
{
    /// <summary>Its name in the table.</summary>
    public required string Name { get; init; }

    /// <summary>What the cells are: number, integer, boolean, text, date, or a type that is not supported.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it became a feature.</summary>
    public required bool Kept { get; init; }

    /// <summary>Why it did not; null where it did.</summary>
    public string? Reason { get; init; }

    /// <summary>Share of the rows with a target in which it is null or not finite, 0 to 1.</summary>
    public required double MissingShare { get; init; }

    /// <summary>Number of categories, where it is one, without the one that stands for all others.</summary>
    public int? Categories { get; init; }
}
