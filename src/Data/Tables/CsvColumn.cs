using System.Globalization;

namespace MacroCausal.Data.Tables;

/// <summary>What the cells of a CSV column are: numbers, truth values, ISO dates or, failing that, text.</summary>
internal static class CsvColumn
{
    public static Column Infer(string name, List<string> cells)
    {
        if (cells.TrueForAll(cell => IsMissing(cell) || Number(cell) is not null))
            return Numbers(name, cells);
        if (cells.TrueForAll(cell => IsMissing(cell) || bool.TryParse(cell, out _)))
            return new BooleanColumn(name, [.. cells.Select(cell => IsMissing(cell) ? (bool?)null : bool.Parse(cell))]);
        if (cells.TrueForAll(cell => IsMissing(cell) || IsoDate.Parse(cell) is not null))
            return new DateColumn(name, [.. cells.Select(IsoDate.Parse)]);
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        return new TextColumn(name, [.. cells.Select(cell => IsMissing(cell) ? null : Share(cell, shared))]);
    }

    private static NumberColumn Numbers(string name, List<string> cells)
    {
        var isInteger = cells.TrueForAll(cell => IsMissing(cell) || long.TryParse(cell, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
        return new NumberColumn(name, [.. cells.Select(cell => Number(cell) ?? double.NaN)], isInteger && !cells.TrueForAll(IsMissing));
    }

    private static bool IsMissing(string cell) => cell.Trim().ToUpperInvariant() is "" or "NA" or "N/A" or "NAN" or "NULL";

    private static double? Number(string cell) => cell.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" => double.PositiveInfinity,
        "-INF" => double.NegativeInfinity,
        _ => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    private static string Share(string cell, Dictionary<string, string> shared)
    {
        shared.TryAdd(cell, cell);
        return shared[cell];
    }
}
