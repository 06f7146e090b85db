using System.Globalization;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>Cells of any column, read as the number, category or date that a feature is made of.</summary>
internal static class Cells
{
    /// <summary>The number, or NaN where it is missing or not finite.</summary>
    public static double Number(Column column, int row) => column switch
    {
        NumberColumn numbers => double.IsFinite(numbers.Values[row]) ? numbers.Values[row] : double.NaN,
        BooleanColumn booleans => booleans.Values[row] switch { true => 1, false => 0, null => double.NaN },
        _ => double.NaN,
    };

    public static double[] Numbers(Column column, IReadOnlyList<int> rows) => Numbers(column, rows, new double[rows.Count]);

    /// <summary>The same, into an array that there is.</summary>
    public static double[] Numbers(Column column, IReadOnlyList<int> rows, double[] into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = Number(column, rows[i]);
        }

        return into;
    }

    /// <summary>The category, or null where it is missing.</summary>
    public static string? Category(Column column, int row) => column.IsMissing(row) ? null : column switch
    {
        TextColumn texts => texts.Values[row],
        NumberColumn numbers => numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
        BooleanColumn booleans => booleans.Values[row] is true ? "true" : "false",
        _ => null,
    };

    public static bool AllMissing(Column column, IEnumerable<int> rows) => rows.All(column.IsMissing);
}
