using Parquet;
using Parquet.Schema;

namespace MacroCausal.Data.Tables;

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

    public static Task WriteAsync(ParquetRowGroupWriter group, DataField field, Column column, CancellationToken cancellationToken) => column switch
    {
        NumberColumn { IsInteger: true } numbers => WriteAsync(group, field, Array.ConvertAll(numbers.Values, value => double.IsFinite(value) ? (long?)value : null), cancellationToken),
        NumberColumn numbers => WriteAsync(group, field, Array.ConvertAll(numbers.Values, value => double.IsNaN(value) ? (double?)null : value), cancellationToken),
        BooleanColumn booleans => WriteAsync(group, field, booleans.Values, cancellationToken),
        TextColumn texts => group.WriteAsync(field, texts.Values),
        DateColumn dates => WriteAsync(group, field, Array.ConvertAll(dates.Values, value => value?.UtcDateTime), cancellationToken),
        _ => throw new TableException($"Column '{column.Name}' ({column.Type}) cannot be written as Parquet; leave it out of the table."),
    };

    private static Task WriteAsync<T>(ParquetRowGroupWriter group, DataField field, T?[] values, CancellationToken cancellationToken)
        where T : struct =>
        group.WriteAsync<T>(field, values.AsMemory(), cancellationToken: cancellationToken);
}
