namespace MacroCausal.Data.Tables;

/// <summary>A table in memory, column by column. Names are unique, case included, and every column has <see cref="Rows"/> cells.</summary>
public sealed class Table
{
    private readonly Dictionary<string, Column> _byName;

    public Table(IReadOnlyList<Column> columns, string name = "table")
    {
        ColumnNames.ThrowIfRepeated(columns.Select(column => column.Name), name);
        Columns = columns;
        Rows = columns.Count == 0 ? 0 : columns[0].Count;
        _byName = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        if (columns.FirstOrDefault(column => column.Count != Rows) is { } uneven)
            throw new TableException($"{name} has {Rows} rows in column '{columns[0].Name}' but {uneven.Count} in '{uneven.Name}'; write it again.");
    }

    public IReadOnlyList<Column> Columns { get; }

    public int Rows { get; }

    /// <summary>The column of that name, or null.</summary>
    public Column? Find(string name) => _byName.GetValueOrDefault(name);
}
