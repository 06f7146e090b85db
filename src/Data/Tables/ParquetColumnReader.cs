using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using ParquetSharp;
using ParquetSharp.Schema;
using Encoding = System.Text.Encoding;

namespace MacroCausal.Data.Tables;

/// <summary>
/// Reads the columns of an open Parquet file, whatever their types, each through all row groups.
/// </summary>
internal sealed class ParquetColumnReader(ParquetFile file, CellMemory memory)
{
    private readonly int _rows = file.Rows;

    /// <summary>
    /// The column of a field of the schema. <paramref name="leaf"/> is the index of its first leaf among those of all fields. Nothing is
    /// read until its cells are asked for; only of bytes, which may be text, are they needed to know the type.
    /// </summary>
    public Column ColumnOf(Node field, int leaf)
    {
        if (field is not PrimitiveNode node || node.Repetition == Repetition.Repeated) return Unsupported(field.Name, "nested");
        var (name, logical) = (node.Name, node.LogicalType);
        return (node.PhysicalType, logical) switch
        {
            (_, TimeLogicalType) => Unsupported(name, "time of day"),
            (_, UuidLogicalType) => Unsupported(name, "uuid"),
            (_, IntervalLogicalType) => Unsupported(name, "interval"),
            (PhysicalType.Int32, DateLogicalType) => Dates<int>(name, leaf, days => Date(days, TimeSpan.TicksPerDay)),
            (PhysicalType.Int32, DecimalLogicalType { Scale: var scale }) => Numbers<int>(name, leaf, value => value / Math.Pow(10, scale)),
            (PhysicalType.Int32, IntLogicalType { IsSigned: false }) => Numbers<int>(name, leaf, value => (uint)value, isInteger: true),
            (PhysicalType.Int32, _) => Numbers<int>(name, leaf, value => value, isInteger: true),
            (PhysicalType.Int64, TimestampLogicalType { TimeUnit: var unit }) => Dates<long>(name, leaf, value => Timestamp(value, unit)),
            (PhysicalType.Int64, DecimalLogicalType { Scale: var scale }) =>
                Numbers<long>(name, leaf, value => value / Math.Pow(10, scale)),
            (PhysicalType.Int64, IntLogicalType { IsSigned: false }) => Numbers<long>(name, leaf, value => (ulong)value, isInteger: true),
            (PhysicalType.Int64, _) => Numbers<long>(name, leaf, value => value, isInteger: true),
            (PhysicalType.Int96, _) => Dates<Int96>(name, leaf, Date),
            (PhysicalType.Float, _) => Numbers<float>(name, leaf, value => value),
            (PhysicalType.Double, _) => Numbers<double>(name, leaf, value => value),
            (PhysicalType.Boolean, _) => new BooleanColumn(name, Cells<bool, bool?>(leaf, value => value, null)),
            (PhysicalType.ByteArray, DecimalLogicalType { Scale: var scale }) =>
                Numbers<ByteArray>(name, leaf, value => Decimal(Span(value), scale)),
            (PhysicalType.FixedLenByteArray, DecimalLogicalType { Scale: var scale }) =>
                Numbers<FixedLenByteArray>(name, leaf, value => Decimal(Span(value, node.TypeLength), scale)),
            (PhysicalType.FixedLenByteArray, Float16LogicalType) => Numbers<FixedLenByteArray>(
                name, leaf, value => (double)BinaryPrimitives.ReadHalfLittleEndian(Span(value, node.TypeLength))),
            (PhysicalType.ByteArray, StringLogicalType or EnumLogicalType or JsonLogicalType) => Texts(name, leaf, Encoding.UTF8),
            (PhysicalType.ByteArray, not BsonLogicalType) => Bytes(name, leaf),
            _ => Unsupported(name, "binary"),
        };
    }

    private UnsupportedColumn Unsupported(string name, string type) => new(name, type, _rows);

    private NumberColumn Numbers<T>(string name, int leaf, Func<T, double> convert, bool isInteger = false)
        where T : unmanaged =>
        new(name, Cells(leaf, convert, double.NaN), isInteger);

    private DateColumn Dates<T>(string name, int leaf, Func<T, DateTimeOffset?> convert)
        where T : unmanaged =>
        new(name, Cells(leaf, convert, null));

    private TextColumn Texts(string name, int leaf, Encoding encoding) => new(name, new CellArray<string?>(_rows, () =>
    {
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        return Read<ByteArray, string?>(leaf, value => Share(encoding.GetString(Span(value)), shared), null);
    }, memory));

    // Some writers leave text unmarked: bytes that are all UTF-8 are taken for text.
    private Column Bytes(string name, int leaf)
    {
        var texts = Texts(name, leaf, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        try
        {
            return texts.Values.Length == _rows ? texts : Unsupported(name, "binary");
        }
        catch (TableException exception) when (exception.InnerException is DecoderFallbackException)
        {
            return Unsupported(name, "binary");
        }
    }

    private CellArray<TCell> Cells<T, TCell>(int leaf, Func<T, TCell> convert, TCell missing)
        where T : unmanaged =>
        new(_rows, () => Read(leaf, convert, missing), memory);

    private TCell[] Read<T, TCell>(int leaf, Func<T, TCell> convert, TCell missing)
        where T : unmanaged
    {
        var cells = new TCell[_rows];
        var offset = 0;
        for (var group = 0; group < file.GroupRows.Count; group++)
        {
            var start = offset;
            file.ReadColumn<T>(
                group, leaf, (values, levels, first) => Spread(values, levels, cells.AsSpan(start + first), convert, missing));
            offset += file.GroupRows[group];
        }

        return cells;
    }

    // Only what is there stands among the values.
    private static void Spread<T, TCell>(
        ReadOnlySpan<T> values, ReadOnlySpan<short> levels, Span<TCell> into, Func<T, TCell> convert, TCell missing)
    {
        var next = 0;
        for (var row = 0; row < Math.Max(values.Length, levels.Length); row++)
        {
            into[row] = levels.Length > 0 && levels[row] == 0 ? missing : convert(values[next++]);
        }
    }

    private static string Share(string text, Dictionary<string, string> shared) =>
        shared.TryGetValue(text, out var known) ? known : shared[text] = text;

    private static unsafe ReadOnlySpan<byte> Span(ByteArray value) => new((void*)value.Pointer, value.Length);

    private static unsafe ReadOnlySpan<byte> Span(FixedLenByteArray value, int length) => new((void*)value.Pointer, length);

    private static double Decimal(ReadOnlySpan<byte> unscaled, int scale) =>
        (double)new BigInteger(unscaled, isUnsigned: false, isBigEndian: true) / Math.Pow(10, scale);

    private static DateTimeOffset? Timestamp(long value, TimeUnit unit) => unit switch
    {
        TimeUnit.Millis => Date(value, TimeSpan.TicksPerMillisecond),
        TimeUnit.Nanos => Date(value >= 0 ? value / 100 : ((value + 1) / 100) - 1, 1),
        _ => Date(value, TimeSpan.TicksPerMicrosecond),
    };

    // Before or after what a date can be, such as the infinity of a database: missing.
    private static DateTimeOffset? Date(long units, long ticks)
    {
        var sinceEpoch = (Int128)units * ticks;
        return sinceEpoch + DateTime.UnixEpoch.Ticks is var sum && sum >= 0 && sum <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset((long)sum, TimeSpan.Zero)
            : null;
    }

    // Nanoseconds of the day, then the Julian day: what older writers made of a timestamp.
    private static DateTimeOffset? Date(Int96 value)
    {
        const int julianDayOfEpoch = 2440588;
        var nanoseconds = (long)(((ulong)(uint)value.B << 32) | (uint)value.A);
        return Date((((long)value.C - julianDayOfEpoch) * TimeSpan.TicksPerDay) + (nanoseconds / 100), 1);
    }
}
