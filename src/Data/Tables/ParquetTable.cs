using Parquet;
using Parquet.Schema;

namespace MacroCausal.Data.Tables;

/// <summary>Tables as Parquet. Only what a table can hold is read; a column of another type is named, not read.</summary>
public static class ParquetTable
{
    /// <summary>
    /// Reads a table from a seekable stream, one column of one row group at a time. <paramref name="name"/> is what error messages call it.
    /// </summary>
    /// <exception cref="TableException">It is no Parquet file, is damaged, or repeats a column name.</exception>
    public static async Task<Table> ReadAsync(Stream stream, string name, CancellationToken cancellationToken = default)
    {
        var dataEnd = await ParquetFrame.CheckAsync(stream, name, cancellationToken);
        await using var watched = new WatchedStream(stream);
        try
        {
            await using var reader = await ParquetReader.CreateAsync(watched, new ParquetOptions { UseBigDecimal = true },
                leaveStreamOpen: true, cancellationToken);
            ParquetFrame.CheckChunks(reader, dataEnd);
            return await ReadColumnsAsync(reader, name, cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or TableException) && !watched.HasFailed)
        {
            throw new TableException($"{name} is a damaged Parquet file ({exception.Message.TrimEnd('.')}); write it again.", exception);
        }
    }

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
        using var group = writer.CreateRowGroup();
        foreach (var (column, field) in table.Columns.Zip(fields))
        {
            await ParquetColumnWriter.WriteAsync(group, field, column, cancellationToken);
        }
    }

    private static async Task<Table> ReadColumnsAsync(ParquetReader reader, string name, CancellationToken cancellationToken)
    {
        var fields = reader.Schema.Fields;
        ColumnNames.ThrowIfRepeated(fields.Select(field => field.Name), name);
        var rows = checked((int)reader.RowGroups.Sum(group => group.RowCount));
        var columns = new List<Column>(fields.Count);
        foreach (var field in fields)
        {
            columns.Add(await ParquetColumnReader.ReadAsync(reader, field, rows, cancellationToken));
        }

        return new Table(columns, name);
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
