namespace MacroCausal.Data.Tables;

/// <summary>
/// A table, column by column. Names are unique, case included, and every column has <see cref="Rows"/> cells. Its columns may be read from
/// a file as they are asked for; such a table is disposed of when it is no longer needed, and one thread at a time may use it.
/// </summary>
public sealed class Table : IDisposable
{
    private readonly Dictionary<string, Column> _byName;
    private readonly IDisposable? _file;

    public Table(IReadOnlyList<Column> columns, string name = "table", IDisposable? file = null)
    {
        _file = file;
        ColumnNames.ThrowIfRepeated(columns.Select(column => column.Name), name);
        Columns = columns;
        Rows = columns.Count == 0 ? 0 : columns[0].Count;
        _byName = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        if (columns.FirstOrDefault(column => column.Count != Rows) is { } uneven)
        {
            throw new TableException(
                $"{name} has {Rows} rows in column '{columns[0].Name}' but {uneven.Count} in '{uneven.Name}'; write it again.");
        }
    }

    public IReadOnlyList<Column> Columns { get; }

    public int Rows { get; }

    /// <summary>What was odd when the table was read, a sentence each; it stays with the table when it is written as Parquet.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The column of that name, or null.</summary>
    public Column? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Closes the file that its columns are read from, where there is one.</summary>
    public void Dispose() => _file?.Dispose();
}

/// <summary>What is asked of names: that they differ.</summary>
internal static class ColumnNames
{
    public static void ThrowIfRepeated(IEnumerable<string> names, string table)
    {
        var repeated = names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"'{group.Key}'").ToList();
        if (repeated.Count > 0)
        {
            throw new TableException(
                $"{table} has more than one column named {string.Join(", ", repeated)}; rename or drop the repeated ones.");
        }
    }
}

/// <summary>Text as it may be put before a person.</summary>
public static class PrintableText
{
    /// <summary>
    /// A text without what a terminal obeys instead of showing it: control characters, escapes, line ends and marks that turn the direction
    /// of writing become U+FFFD.
    /// </summary>
    public static string Of(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '\ufffd' : c)) : text;

    private static bool IsUnsafe(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e')
            or (>= '\u2066' and <= '\u2069');
}

/// <summary>A table cannot be read or written. The message names it, says what is wrong and what to do.</summary>
public sealed class TableException : Exception
{
    public TableException(string message)
        : base(PrintableText.Of(message))
    {
    }

    public TableException(string message, Exception innerException)
        : base(PrintableText.Of(message), innerException)
    {
    }
}
