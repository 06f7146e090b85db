using Parquet;
using Parquet.Schema;

namespace MacroCausal.Data.Tables;

/// <summary>
/// Tables as Parquet. Only what a table can hold is read; a column of another type is named, not read. ParquetSharp reads, because it
/// knows every encoding and is three times as fast; Parquet.Net writes.
/// </summary>
public static class ParquetTable
{
    // Columns of a table up to this size are read once. Those of a larger one are read as often as they are asked for, in their order, so
    // that keeping many helps nobody.
    private const long MaxTableBytes = 256L * 1024 * 1024;
    private const long MaxBytesOfLarge = 64L * 1024 * 1024;

    // Of the file's own key-value metadata: what was odd when the table was read from another format, a line each.
    private const string WarningsKey = "macrocausal.warnings";

    /// <summary>
    /// Opens a table in a seekable stream, which must stay open as long as the table is used. A column is read when its cells are asked
    /// for, and given up when others need the room: at most 64 MiB of cells, or one column, of a table that has more than 256 MiB are in
    /// memory. <paramref name="name"/> is what error messages call it.
    /// </summary>
    /// <exception cref="TableException">It is no Parquet file, is damaged, has too many rows, or repeats a column name.</exception>
    public static Table Open(Stream stream, string name)
    {
        var file = new ParquetFile(stream, name);
        return new Table(Columns(file, name, MaxBytes(file)), name, file) { Warnings = Warnings(file) };
    }

    /// <summary>
    /// Reads all of a table from a seekable stream, which stays open. <paramref name="name"/> is what error messages call it.
    /// </summary>
    /// <exception cref="TableException">It is no Parquet file, is damaged, has too many rows, or repeats a column name.</exception>
    public static Task<Table> ReadAsync(Stream stream, string name, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            using var file = new ParquetFile(stream, name);
            var table = new Table(Columns(file, name, long.MaxValue), name) { Warnings = Warnings(file) };
            foreach (var column in table.Columns)
            {
                cancellationToken.ThrowIfCancellationRequested();
                column.Load();
            }

            return table;
        },
        cancellationToken);

    /// <summary>
    /// Writes a table: numbers as doubles or 64-bit integers, missing cells as nulls, dates as UTC timestamps. The same table gives the
    /// same bytes.
    /// </summary>
    /// <exception cref="TableException">The table has no column, or one that cannot be written.</exception>
    public static async Task WriteAsync(Table table, Stream stream, CancellationToken cancellationToken = default)
    {
        if (table.Columns.Count == 0) throw new TableException("A table without columns cannot be written as Parquet; give it one.");
        var fields = table.Columns.Select(ParquetColumnWriter.Field).ToList();
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, cancellationToken: cancellationToken);
        if (table.Warnings.Count > 0)
        {
            writer.CustomMetadata = new Dictionary<string, string> { [WarningsKey] = string.Join('\n', table.Warnings) };
        }

        using var group = writer.CreateRowGroup();
        foreach (var (column, field) in table.Columns.Zip(fields))
        {
            await ParquetColumnWriter.WriteAsync(group, field, column, cancellationToken);
        }
    }

    private static long MaxBytes(ParquetFile file) =>
        (long)file.Rows * file.Fields.Count * sizeof(double) <= MaxTableBytes ? MaxTableBytes : MaxBytesOfLarge;

    private static string[] Warnings(ParquetFile file) =>
        file.Metadata.TryGetValue(WarningsKey, out var lines) ? lines.Split('\n') : [];

    private static IReadOnlyList<Column> Columns(ParquetFile file, string name, long maxMemory)
    {
        ColumnNames.ThrowIfRepeated(file.Fields.Select(field => field.Node.Name), name);
        var reader = new ParquetColumnReader(file, new CellMemory(maxMemory));
        return [.. file.Fields.Select(field => reader.ColumnOf(field.Node, field.Leaf))];
    }
}

/// <summary>Writes one column of a table to a Parquet row group.</summary>
internal static class ParquetColumnWriter
{
    public static DataField Field(Column column) => column switch
    {
        NumberColumn { IsInteger: true } => new DataField<long?>(column.Name),
        NumberColumn => new DataField<double?>(column.Name),
        BooleanColumn => new DataField<bool?>(column.Name),
        TextColumn => new DataField(column.Name, typeof(string), isNullable: true),
        DateColumn => Timestamp(column.Name, isNullable: true),
        _ => throw new TableException($"Column '{column.Name}' ({column.Type}) cannot be written as Parquet; leave it out of the table."),
    };

    /// <summary>A timestamp in microseconds, UTC.</summary>
    public static DataField Timestamp(string name, bool isNullable) =>
        new DateTimeDataField(name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros, isNullable: isNullable);

    public static Task WriteAsync(ParquetRowGroupWriter group, DataField field, Column column, CancellationToken cancellationToken) =>
        column switch
        {
            NumberColumn { IsInteger: true } numbers => WriteAsync(group, field,
                Array.ConvertAll(numbers.Values, value => double.IsFinite(value) ? (long?)value : null), cancellationToken),
            NumberColumn numbers => WriteAsync(group, field,
                Array.ConvertAll(numbers.Values, value => double.IsNaN(value) ? (double?)null : value), cancellationToken),
            BooleanColumn booleans => WriteAsync(group, field, booleans.Values, cancellationToken),
            TextColumn texts => group.WriteAsync(field, texts.Values),
            DateColumn dates => WriteAsync(group, field, Array.ConvertAll(dates.Values, value => value?.UtcDateTime), cancellationToken),
            _ => throw new TableException(
                $"Column '{column.Name}' ({column.Type}) cannot be written as Parquet; leave it out of the table."),
        };

    private static Task WriteAsync<T>(ParquetRowGroupWriter group, DataField field, T?[] values, CancellationToken cancellationToken)
        where T : struct =>
        group.WriteAsync<T>(field, values.AsMemory(), cancellationToken: cancellationToken);
}
