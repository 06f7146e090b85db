using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>The rows that have a target, in date order; rows of one date keep the table's order.</summary>
internal sealed record RowSelection(int[] Rows, DateTimeOffset[]? Dates, int WithoutTarget)
{
    private const int MaxNamedRows = 3;

    /// <summary>
    /// Selects the rows and adds the reasons against target and dates. Where the target itself is at fault all rows count, so that what
    /// else is wrong is found too.
    /// </summary>
    public static RowSelection Of(Table table, PrepareOptions options, List<string> reasons)
    {
        TargetColumn.Check(table, options.Target, reasons);
        var rows = RowsWithTarget(table, options.Target);
        if (table.Rows == 0)
        {
            reasons.Add("The table has no rows; write some.");
        }
        else if (rows.Length == 0)
        {
            reasons.Add(
                $"No row has a target: '{options.Target}' is null or not finite in all {table.Rows} rows; fill it or name another target.");
        }

        var selected = rows.Length == 0 ? [.. Enumerable.Range(0, table.Rows)] : rows;
        var dates = table.Find(options.DateColumn) is { } column ? ReadDates(column, table.Rows, reasons) : null;
        if (dates is null) return new RowSelection(selected, null, table.Rows - rows.Length);
        selected = [.. selected.OrderBy(row => dates[row])];
        return new RowSelection(selected, [.. selected.Select(row => dates[row])], table.Rows - rows.Length);
    }

    private static int[] RowsWithTarget(Table table, string name) => TargetColumn.IsUsable(table, name)
        ? [.. Enumerable.Range(0, table.Rows).Where(row => !table.Find(name)!.IsMissing(row))]
        : [.. Enumerable.Range(0, table.Rows)];

    private static DateTimeOffset[]? ReadDates(Column column, int rows, List<string> reasons)
    {
        if (column is not (DateColumn or TextColumn) && !Cells.AllMissing(column, Enumerable.Range(0, rows)))
        {
            reasons.Add(
                $"The date column '{column.Name}' holds {column.Type}, not dates; "
                + "write it as a timestamp, a date or ISO 8601 text, or name another date column.");
            return null;
        }

        var dates = Enumerable.Range(0, rows).Select(row => Cells.Date(column, row)).ToList();
        var bad = Enumerable.Range(0, rows).Where(row => dates[row] is null).ToList();
        if (bad.Count == 0) return [.. dates.Select(date => date!.Value)];
        reasons.Add(Unreadable(column, bad));
        return null;
    }

    private static string Unreadable(Column column, List<int> bad)
    {
        var named = string.Join(", ", bad.Take(MaxNamedRows).Select(row => Invariant($"row {row + 1}: {Quote(column, row)}")));
        var more = bad.Count > MaxNamedRows ? Invariant($" and {bad.Count - MaxNamedRows} more") : "";
        return $"The date column '{column.Name}' holds values that are no dates ({named}{more}); "
            + "write them as ISO 8601, such as 2019-12-31, or drop the rows.";
    }

    private static string Quote(Column column, int row) =>
        column is TextColumn { Values: var texts } && texts[row] is { } text ? $"'{text}'" : "null";
}

/// <summary>What can be predicted: a column of numbers or booleans.</summary>
internal static class TargetColumn
{
    public static bool IsUsable(Table table, string name) => table.Find(name) is NumberColumn or BooleanColumn;

    public static void Check(Table table, string name, List<string> reasons)
    {
        if (table.Find(name) is not { } column)
        {
            reasons.Add(MissingColumn.Sentence(table, "target", name));
        }
        else if (!IsUsable(table, name))
        {
            reasons.Add($"The target '{name}' holds {column.Type}, not numbers; convert it or name another target.");
        }
    }
}
