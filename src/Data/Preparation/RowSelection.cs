using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>The rows that have a target, in date order; rows of one date keep the table's order.</summary>
internal sealed record RowSelection(int[] Rows, RowDates Time, int WithoutTarget)
{
    /// <summary>Dates of <see cref="Rows"/>; null where file order is taken as time.</summary>
    public DateTimeOffset[]? Dates => Time.Values;

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

        int[] selected = rows.Length == 0 ? [.. Enumerable.Range(0, table.Rows)] : rows;
        var time = RowDates.Of(table, options, selected, reasons);
        if (time.Values is not { } dates) return new RowSelection(selected, time, table.Rows - rows.Length);
        int[] order = [.. Enumerable.Range(0, selected.Length).OrderBy(index => dates[index])];
        time = time with { Values = [.. order.Select(index => dates[index])] };
        return new RowSelection([.. order.Select(index => selected[index])], time, table.Rows - rows.Length);
    }

    private static int[] RowsWithTarget(Table table, string name) => TargetColumn.IsUsable(table, name)
        ? [.. Enumerable.Range(0, table.Rows).Where(row => !table.Find(name)!.IsMissing(row))]
        : [.. Enumerable.Range(0, table.Rows)];
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
