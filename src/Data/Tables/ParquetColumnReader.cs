using System.Numerics;
using System.Text;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace MacroCausal.Data.Tables;

/// <summary>Reads one column of a Parquet file, whatever its type, through all row groups.</summary>
internal static class ParquetColumnReader
{
    public static async Task<Column> ReadAsync(ParquetReader reader, Field field, int rows, CancellationToken cancellationToken)
    {
        if (field is not DataField { IsArray: false } data) return new UnsupportedColumn(field.Name, "nested", rows);
        var source = new Source(reader, data, rows, cancellationToken);
        return data.ClrType switch
        {
            _ when data is TimeDataField => new UnsupportedColumn(field.Name, "time of day", rows),
            var type when type == typeof(double) => await NumbersAsync<double>(source),
            var type when type == typeof(float) => await NumbersAsync<float>(source),
            var type when type == typeof(Half) => await NumbersAsync<Half>(source),
            var type when type == typeof(long) => await NumbersAsync<long>(source, isInteger: true),
            var type when type == typeof(int) => await NumbersAsync<int>(source, isInteger: true),
            var type when type == typeof(short) => await NumbersAsync<short>(source, isInteger: true),
            var type when type == typeof(sbyte) => await NumbersAsync<sbyte>(source, isInteger: true),
            var type when type == typeof(ulong) => await NumbersAsync<ulong>(source, isInteger: true),
            var type when type == typeof(uint) => await NumbersAsync<uint>(source, isInteger: true),
            var type when type == typeof(ushort) => await NumbersAsync<ushort>(source, isInteger: true),
            var type when type == typeof(byte) => await NumbersAsync<byte>(source, isInteger: true),
            var type when type == typeof(BigDecimal) =>
                new NumberColumn(field.Name, await CellsAsync<BigDecimal, double>(source, ToDouble, double.NaN)),
            var type when type == typeof(bool) =>
                new BooleanColumn(field.Name, await CellsAsync<bool, bool?>(source, value => value, null)),
            var type when type == typeof(DateTime) =>
                new DateColumn(field.Name, await CellsAsync<DateTime, DateTimeOffset?>(source, ToUtc, null)),
            var type when type == typeof(string) || type == typeof(ReadOnlyMemory<char>) =>
                new TextColumn(field.Name, await TextsAsync(source)),
            var type when IsBytes(type) && data.SchemaElement?.TypeLength is null => await BytesAsync(source),
            var type => new UnsupportedColumn(field.Name, IsBytes(type) ? "binary" : type.Name, rows),
        };
    }

    private static async Task<Column> NumbersAsync<T>(Source source, bool isInteger = false)
        where T : struct, INumberBase<T> =>
        new NumberColumn(source.Field.Name, await CellsAsync<T, double>(source, double.CreateTruncating, double.NaN), isInteger);

    private static async Task<TCell[]> CellsAsync<T, TCell>(Source source, Func<T, TCell> convert, TCell missing)
        where T : struct
    {
        var cells = new TCell[source.Rows];
        var offset = 0;
        foreach (var group in source.Reader.RowGroups)
        {
            var count = checked((int)group.RowCount);
            var into = cells.AsMemory(offset, count);
            offset += count;
            if (source.Field.IsNullable)
            {
                var values = new T?[count];
                await group.ReadAsync<T>(source.Field, values.AsMemory(), cancellationToken: source.CancellationToken);
                Fill(values, into.Span, value => value is { } some ? convert(some) : missing);
            }
            else
            {
                var values = new T[count];
                await group.ReadAsync<T>(source.Field, values.AsMemory(), cancellationToken: source.CancellationToken);
                Fill(values, into.Span, convert);
            }
        }

        return cells;
    }

    private static async Task<string?[]> TextsAsync(Source source)
    {
        var cells = new string?[source.Rows];
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        var offset = 0;
        foreach (var group in source.Reader.RowGroups)
        {
            var into = cells.AsMemory(offset, checked((int)group.RowCount));
            offset += into.Length;
            await group.ReadAsync(source.Field, into, cancellationToken: source.CancellationToken);
            Share(into.Span, shared);
        }

        return cells;
    }

    // Some writers leave text unmarked: bytes that are all UTF-8 are taken for text.
    private static async Task<Column> BytesAsync(Source source)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var cells = new List<string?>(source.Rows);
        try
        {
            foreach (var group in source.Reader.RowGroups)
            {
                var bytes = new byte[]?[checked((int)group.RowCount)];
                await group.ReadAsync(source.Field, bytes.AsMemory(), cancellationToken: source.CancellationToken);
                cells.AddRange(bytes.Select(cell => cell is null ? null : utf8.GetString(cell)));
            }
        }
        catch (DecoderFallbackException)
        {
            return new UnsupportedColumn(source.Field.Name, "binary", source.Rows);
        }

        var texts = cells.ToArray();
        Share(texts, new Dictionary<string, string>(StringComparer.Ordinal));
        return new TextColumn(source.Field.Name, texts);
    }

    private static void Fill<T, TCell>(T[] values, Span<TCell> into, Func<T, TCell> convert)
    {
        for (var i = 0; i < values.Length; i++)
        {
            into[i] = convert(values[i]);
        }
    }

    private static void Share(Span<string?> cells, Dictionary<string, string> shared)
    {
        foreach (ref var cell in cells)
        {
            if (cell is not null && !shared.TryAdd(cell, cell))
            {
                cell = shared[cell];
            }
        }
    }

    private static bool IsBytes(Type type) => type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>);

    private static double ToDouble(BigDecimal value) => (double)value.UnscaledValue / Math.Pow(10, value.Scale);

    private static DateTimeOffset? ToUtc(DateTime value) => new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc));

    private sealed record Source(ParquetReader Reader, DataField Field, int Rows, CancellationToken CancellationToken);
}
