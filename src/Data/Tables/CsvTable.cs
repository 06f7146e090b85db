using System.Globalization;
using System.Text;
using CsvHelper;

namespace MacroCausal.Data.Tables;

/// <summary>
/// Tables as CSV: UTF-8, a header line, cells apart by commas, semicolons, tabs or bars. The types of the columns are inferred from their
/// cells.
/// </summary>
public static class CsvTable
{
    private static readonly CsvReaderOptions Options = new()
    {
        HasHeader = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        TrackLineNumbers = true,
        PoolStrings = true,
    };

    /// <summary>Reads a table. <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="TableException">
    /// It is empty, is no CSV, has a row of another length, or a header that repeats or lacks a name.
    /// </exception>
    public static async Task<Table> ReadAsync(Stream stream, string name, CancellationToken cancellationToken = default)
    {
        using var text = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true),
            detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        await using var reader = CsvReader.Create(text, Options);
        try
        {
            return await ReadAsync(reader, name, cancellationToken);
        }
        catch (Exception exception) when (exception is CsvFormatException or DecoderFallbackException)
        {
            throw new TableException(
                $"{name} is not a CSV file in UTF-8 ({exception.Message.TrimEnd('.')}); "
                + "write it again with a header line, quotes doubled within quotes.",
                exception);
        }
    }

    private static async Task<Table> ReadAsync(CsvReader reader, string name, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken)) throw new TableException($"{name} is empty; give it a header line and rows.");
        var header = CheckHeader(reader.Current.ToArray(), name);
        var cells = header.Select(_ => new List<string>()).ToArray();
        while (await reader.ReadAsync(cancellationToken))
        {
            AddRow(cells, reader, name);
        }

        return new Table([.. header.Zip(cells, CsvColumn.Infer)], name);
    }

    private static string[] CheckHeader(string[] header, string name)
    {
        if (header.Any(title => title.Contains('\0', StringComparison.Ordinal)))
        {
            throw new TableException($"{name} is not a CSV file but binary; name a file whose first line holds the columns' names.");
        }

        var unnamed = Array.FindIndex(header, string.IsNullOrWhiteSpace);
        if (unnamed >= 0)
        {
            throw new TableException($"{name} has no name for column {unnamed + 1} in its header; name it (pandas: to_csv(index=False)).");
        }

        ColumnNames.ThrowIfRepeated(header, name);
        return header;
    }

    private static void AddRow(List<string>[] cells, CsvReader reader, string name)
    {
        if (reader.FieldCount != cells.Length)
        {
            throw new TableException(
                $"{name} has {reader.FieldCount} cells in line {reader.LineNumber} but {cells.Length} columns in its header; "
                + "quote cells that hold the separator.");
        }

        for (var i = 0; i < cells.Length; i++)
        {
            cells[i].Add(reader.GetString(i));
        }
    }
}

/// <summary>What the cells of a CSV column are: numbers, booleans, ISO dates or, failing that, text.</summary>
internal static class CsvColumn
{
    public static Column Infer(string name, List<string> cells)
    {
        if (cells.TrueForAll(cell => IsMissing(cell) || Number(cell) is not null)) return Numbers(name, cells);
        if (cells.TrueForAll(cell => IsMissing(cell) || bool.TryParse(cell, out _)))
        {
            return new BooleanColumn(name, [.. cells.Select(cell => IsMissing(cell) ? (bool?)null : bool.Parse(cell))]);
        }

        if (cells.TrueForAll(cell => IsMissing(cell) || IsoDate.Parse(cell) is not null))
        {
            return new DateColumn(name, [.. cells.Select(IsoDate.Parse)]);
        }

        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        return new TextColumn(name, [.. cells.Select(cell => IsMissing(cell) ? null : Share(cell, shared))]);
    }

    private static NumberColumn Numbers(string name, List<string> cells)
    {
        var isInteger =
            cells.TrueForAll(cell => IsMissing(cell) || long.TryParse(cell, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
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
