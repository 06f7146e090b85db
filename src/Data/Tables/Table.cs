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

/// <summary>A table cannot be read or written. The message names it, says what is wrong and what to do.</summary>
public sealed class TableException : Exception
{
    public TableException(string message)
        : base(message)
    {
    }

    public TableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
