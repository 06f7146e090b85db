using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>Builds the profile of a table that was prepared.</summary>
internal static class Profiling
{
    public static TableProfile Profile(Table table, RowSelection selection, ChronologicalSplit split, FittedPreprocessor fitted)
    {
        var target = Moments.Of(Cells.Numbers(table.Find(fitted.Target)!, selection.Rows));
        return new TableProfile
        {
            Rows = table.Rows,
            RowsWithoutTarget = selection.WithoutTarget,
            TargetMean = target.Mean,
            TargetVariance = target.Scale * target.Scale,
            TrainDates = Dates(selection.Dates, split.Train),
            ValidationDates = Dates(selection.Dates, split.Validation),
            TestDates = Dates(selection.Dates, split.Test),
            Columns = Columns(table, selection.Rows, fitted),
        };
    }

    private static List<ColumnProfile> Columns(Table table, int[] rows, FittedPreprocessor fitted)
    {
        var inputs = fitted.Inputs.ToDictionary(input => input.Name, StringComparer.Ordinal);
        var reasons = fitted.Dropped.ToDictionary(dropped => dropped.Name, dropped => dropped.Reason, StringComparer.Ordinal);
        return [.. table.Columns.Select(column => new ColumnProfile
        {
            Name = column.Name,
            Type = column.Type,
            Kept = inputs.ContainsKey(column.Name),
            Reason = reasons.GetValueOrDefault(column.Name),
            MissingShare = rows.Count(column.IsMissing) / (double)rows.Length,
            Categories = inputs.GetValueOrDefault(column.Name) is { Kind: InputKind.Category } category ? category.Categories.Count : null,
        })];
    }

    private static DateRange? Dates(DateTimeOffset[]? dates, RowRange rows) =>
        dates is null || rows.Count == 0 ? null : new DateRange(dates[rows.Start], dates[rows.End - 1]);
}
