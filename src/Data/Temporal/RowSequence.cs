using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Temporal;

/// <summary>The rows of a table as time has them: for each group its rows in date order, those without a target included.</summary>
/// <param name="Groups">Numbers of rows in the table, a list for each group; rows without a date are in none.</param>
/// <param name="Dates">Dates of all rows of the table, [N]; null where file order is taken as time.</param>
/// <param name="Repeats">Rows that have the date of another row of their group.</param>
internal sealed record RowSequence(IReadOnlyList<int[]> Groups, DateTimeOffset?[]? Dates, int Repeats)
{
    /// <summary>Orders the rows. <paramref name="groups"/> are those of every row of the table; null for one series.</summary>
    public static RowSequence Of(Table table, RowDates time, string[]? groups)
    {
        if (time is not { Column: not null, Format: not null }) return new RowSequence([[.. Enumerable.Range(0, table.Rows)]], null, 0);
        DateTimeOffset?[] dates = [.. Enumerable.Range(0, table.Rows).Select(row => time.At(table, row))];
        int[][] ordered = [.. Enumerable.Range(0, table.Rows).Where(row => dates[row] is not null)
            .GroupBy(row => groups?[row] ?? "", StringComparer.Ordinal).Select(group => group.OrderBy(row => dates[row]).ToArray())];
        var repeats = ordered.Sum(rows => Enumerable.Range(1, rows.Length - 1).Count(i => dates[rows[i]] == dates[rows[i - 1]]));
        return new RowSequence(ordered, dates, repeats);
    }

    /// <summary>Orders the rows of a table as those were that a preprocessor was fitted on.</summary>
    /// <exception cref="DataRejectedException">The table lacks dates or groups, or repeats a date within a group.</exception>
    public static RowSequence Of(Table table, FittedPreprocessor fitted)
    {
        var (sequence, _) = WithRepeats(table, fitted);
        return sequence.Repeats == 0
            ? sequence
            : throw new DataRejectedException([Uncountable(sequence.Repeats, OptionsOf(fitted))]);
    }

    /// <summary>The same where dates may repeat.</summary>
    /// <param name="table">The table.</param>
    /// <param name="fitted">The preprocessor.</param>
    /// <returns>The rows in the order of time, and the group of every row of the table, [N]; null where it is one series.</returns>
    /// <exception cref="DataRejectedException">The table lacks dates or groups.</exception>
    public static (RowSequence Sequence, string[]? Groups) WithRepeats(Table table, FittedPreprocessor fitted)
    {
        var format = fitted.DateFormat is null ? DateFormat.Iso : DateFormat.Named(fitted.DateFormat) ?? DateFormat.Iso;
        var time = RowDates.None(fitted.DateColumn) with { Format = fitted.DateColumn is null ? null : format };
        var reasons = new List<string>();
        if (time.Column is { } name && table.Find(name) is null)
        {
            reasons.Add(MissingColumn.Sentence(table, "date column", name));
        }

        var groups = Panel.Groups(table, OptionsOf(fitted), time, reasons);
        if (reasons.Count > 0) throw new DataRejectedException(reasons);

        var sequence = Of(table, time, groups);
        if (table.Rows > 0 && sequence.Groups.Count == 0)
        {
            reasons.Add($"No row of '{time.Column}' has a date as the model's training rows had it ({format.Name}); write it so: "
                + "the model reads rows in the order of time.");
        }

        return reasons.Count == 0 ? (sequence, groups) : throw new DataRejectedException(reasons);
    }

    /// <summary>Why earlier rows cannot be counted where a date repeats.</summary>
    public static string Uncountable(int repeats, PrepareOptions options) =>
        Panel.Counted(repeats, "row repeats", "rows repeat")
        + (options.GroupColumns.Count == 0 ? " the date of another" : " the date and the group of another")
        + ": earlier rows cannot be counted then, as temporal features do; "
        + "name what tells them apart with --group (groupColumns), or drop the repeated rows.";

    private static PrepareOptions OptionsOf(FittedPreprocessor fitted) =>
        new() { Target = fitted.Target, GroupColumns = fitted.GroupColumns ?? [] };
}
