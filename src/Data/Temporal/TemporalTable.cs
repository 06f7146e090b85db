using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Temporal;

/// <summary>
/// Puts temporal columns beside a table's own. Training, predictions and checks all go through here, so they cannot differ.
/// </summary>
internal static class TemporalTable
{
    /// <summary>The table with these columns after its own; a column of its own that is called like one of them is left out.</summary>
    public static Table With(Table table, IReadOnlyList<TemporalColumn> columns, RowSequence sequence)
    {
        var names = columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        var made = new Dictionary<string, NumberColumn>(StringComparer.Ordinal);

        // Source by source, so that each is read once.
        foreach (var ofSource in columns.GroupBy(column => column.Source))
        {
            var cells = ofSource.Key is null ? [] : Cells.Numbers(table.Find(ofSource.Key)!, rows);
            foreach (var column in ofSource)
            {
                made[column.Name] = new NumberColumn(column.Name, Values(column, cells, sequence, table.Rows));
            }
        }

        return new Table([.. table.Columns.Where(column => !names.Contains(column.Name)), .. columns.Select(column => made[column.Name])]);
    }

    private static double[] Values(TemporalColumn column, double[] cells, RowSequence sequence, int rows)
    {
        var values = new double[rows];
        Array.Fill(values, double.NaN);
        foreach (var group in sequence.Groups)
        {
            for (var i = 0; i < group.Length; i++)
            {
                values[group[i]] = column.Kind switch
                {
                    TemporalKind.Lag => i < column.Rows ? double.NaN : cells[group[i - column.Rows]],
                    TemporalKind.Average => Average(cells, group.AsSpan(0, i + 1), column.Rows),
                    _ => sequence.Dates?[group[i]] is { } date ? CalendarTerms.Value(column.Term!.Value, date) : double.NaN,
                };
            }
        }

        return values;
    }

    private static double Average(double[] cells, ReadOnlySpan<int> rows, int window)
    {
        var (sum, count) = (0.0, 0);
        foreach (var row in rows[^Math.Min(window, rows.Length)..])
        {
            if (double.IsNaN(cells[row])) continue;
            sum += cells[row];
            count++;
        }

        return 2 * count < window ? double.NaN : sum / count;
    }
}
