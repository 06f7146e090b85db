using System.Globalization;
using System.Runtime.CompilerServices;

namespace MacroCausal.Data.Tables;

/// <summary>A named column of a table.</summary>
public abstract record Column(string Name)
{
    /// <summary>Number of cells.</summary>
    public abstract int Count { get; }

    /// <summary>What the cells are, in a word.</summary>
    public abstract string Type { get; }

    /// <summary>Whether the cell of a row is null, or a number that is not finite.</summary>
    public abstract bool IsMissing(int row);

    /// <summary>Reads the cells, where they are not in memory.</summary>
    internal virtual void Load()
    {
    }
}

/// <summary>A column whose cells are read here, of one type.</summary>
public abstract record Column<T> : Column
{
    private readonly CellArray<T> _cells;

    private protected Column(string name, CellArray<T> cells)
        : base(name) => _cells = cells;

    /// <summary>All cells. Those of a large file are read when they are asked for, so keep the array where many cells are needed.</summary>
    /// <exception cref="TableException">The file is damaged there.</exception>
    public T[] Values => _cells.Values;

    /// <inheritdoc/>
    public override int Count => _cells.Count;

    internal override void Load() => _ = _cells.Values;
}

/// <summary>Numbers of any width; a null is NaN.</summary>
public sealed record NumberColumn : Column<double>
{
    /// <summary>
    /// Takes the array as it is. <paramref name="isInteger"/> says that the column was declared, or reads, as whole numbers.
    /// </summary>
    public NumberColumn(string name, double[] values, bool isInteger = false)
        : this(name, new CellArray<double>(values), isInteger)
    {
    }

    internal NumberColumn(string name, CellArray<double> cells, bool isInteger)
        : base(name, cells) => IsInteger = isInteger;

    /// <summary>Whether the column was declared, or reads, as whole numbers.</summary>
    public bool IsInteger { get; }

    public override string Type => IsInteger ? "integer" : "number";

    public override bool IsMissing(int row) => !double.IsFinite(Values[row]);
}

/// <summary>Booleans.</summary>
public sealed record BooleanColumn : Column<bool?>
{
    public BooleanColumn(string name, bool?[] values)
        : this(name, new CellArray<bool?>(values))
    {
    }

    internal BooleanColumn(string name, CellArray<bool?> cells)
        : base(name, cells)
    {
    }

    public override string Type => "boolean";

    public override bool IsMissing(int row) => Values[row] is null;
}

/// <summary>Text; equal cells share one string. An empty text counts as missing.</summary>
public sealed record TextColumn : Column<string?>
{
    public TextColumn(string name, string?[] values)
        : this(name, new CellArray<string?>(values))
    {
    }

    internal TextColumn(string name, CellArray<string?> cells)
        : base(name, cells)
    {
    }

    public override string Type => "text";

    public override bool IsMissing(int row) => string.IsNullOrEmpty(Values[row]);
}

/// <summary>Dates and timestamps, UTC.</summary>
public sealed record DateColumn : Column<DateTimeOffset?>
{
    public DateColumn(string name, DateTimeOffset?[] values)
        : this(name, new CellArray<DateTimeOffset?>(values))
    {
    }

    internal DateColumn(string name, CellArray<DateTimeOffset?> cells)
        : base(name, cells)
    {
    }

    public override string Type => "date";

    public override bool IsMissing(int row) => Values[row] is null;
}

/// <summary>A column whose cells were not read, because nothing here can use their type.</summary>
public sealed record UnsupportedColumn(string Name, string OriginalType, int Rows) : Column(Name)
{
    public override int Count => Rows;

    public override string Type => OriginalType;

    public override bool IsMissing(int row) => true;
}

/// <summary>
/// The cells of a column: in memory, or read when they are asked for and given up again when others need the room. One thread at a time
/// may ask.
/// </summary>
internal sealed class CellArray<T>
{
    private readonly Func<T[]>? _load;
    private readonly CellMemory? _memory;
    private T[]? _values;

    public CellArray(T[] values) => (_values, Count) = (values, values.Length);

    public CellArray(int count, Func<T[]> load, CellMemory memory) => (Count, _load, _memory) = (count, load, memory);

    public int Count { get; }

    public T[] Values => _values ?? Load();

    private T[] Load()
    {
        _memory!.Reserve((long)Count * Unsafe.SizeOf<T>(), () => _values = null);
        return _values = _load!();
    }
}

/// <summary>The memory that the columns of one table share: whoever was read first goes first.</summary>
/// <param name="maxBytes">What they may take together; a column that is larger is kept alone.</param>
internal sealed class CellMemory(long maxBytes)
{
    private readonly Queue<(long Bytes, Action Release)> _oldestFirst = new();
    private long _bytes;

    public void Reserve(long bytes, Action release)
    {
        while (_bytes + bytes > maxBytes && _oldestFirst.TryDequeue(out var oldest))
        {
            oldest.Release();
            _bytes -= oldest.Bytes;
            LargeGarbage.Add(oldest.Bytes);
        }

        _oldestFirst.Enqueue((bytes, release));
        _bytes += bytes;
    }
}

/// <summary>
/// Large arrays that were given up. The runtime lets them lie for as long as it likes, and the busier the machine the longer: a table of
/// 1 GB was prepared in 0.9 GB one time and in 1.9 GB the next. So they are collected by their bytes.
/// </summary>
internal static class LargeGarbage
{
    private const long MaxBytes = 256L * 1024 * 1024;
    private static long _bytes;

    /// <summary>Counts an array that nobody uses any more.</summary>
    public static void Add(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) < MaxBytes) return;
        Interlocked.Exchange(ref _bytes, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
    }
}

/// <summary>
/// Dates written as ISO 8601: <c>2019-12</c>, <c>2019-12-01</c>, <c>2019-12-01T00:00:00Z</c>, a space for the T allowed. No offset means
/// UTC.
/// </summary>
internal static class IsoDate
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    private const DateTimeStyles Styles =
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        | DateTimeStyles.AllowLeadingWhite | DateTimeStyles.AllowTrailingWhite;

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Styles, out var date) ? date : null;
}
