using System.Runtime.InteropServices;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>
/// Scaled features, ready for a model: [N, F], row after row; in memory, or in a scratch file where they are too many. Then
/// <see cref="Row"/> and <see cref="Blocks"/> read them block by block, so rows are best asked for in their order.
/// </summary>
public sealed record FeatureMatrix
{
    /// <summary>Names of the F features.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The features, [N, F], row-major.</summary>
    /// <exception cref="InvalidOperationException">They are in a scratch file.</exception>
    public required float[] Features
    {
        get => Scratch is null
            ? field
            : throw new InvalidOperationException("The features of a large table are in a scratch file; use Row or Blocks.");
        init;
    }

    /// <summary>Whether they are in memory, not in a scratch file.</summary>
    public bool IsInMemory => Scratch is null;

    /// <summary>Number of rows, N.</summary>
    public required int Rows { get; init; }

    /// <summary>The scaled target, [N], NaN where it is missing; null where the table has no target.</summary>
    public float[]? Target { get; init; }

    /// <summary>Dates of the rows, [N]; null where the table has none, or not for every row.</summary>
    public DateTimeOffset[]? Dates { get; init; }

    /// <summary>Where the features are; null where they are in memory.</summary>
    internal ScratchRows? Scratch { get; init; }

    /// <summary>Maximum number of features in a block, 64 MiB by default.</summary>
    internal int BlockCells { get; init; } = ScratchSpace.DefaultMemoryCells;

    private int BlockRows => Math.Max(1, BlockCells / Math.Max(1, Names.Count));

    /// <summary>The features of one row.</summary>
    public ReadOnlySpan<float> Row(int row) =>
        Scratch is null ? Features.AsSpan(row * Names.Count, Names.Count) : Scratch.Row(row, Math.Min(Rows, BlockRows));

    /// <summary>Squared error of the forecast of every row's scaled target, in the target's unit, squared.</summary>
    /// <param name="forecasts">Scaled forecasts, [N].</param>
    /// <param name="targetScale">The unit of the scaled target.</param>
    public IEnumerable<double> SquaredErrors(IEnumerable<float> forecasts, double targetScale) =>
        forecasts.Zip(Target!, (forecast, target) => Math.Pow(((double)forecast - target) * targetScale, 2));

    /// <summary>The rows in their order, in blocks of 64 MiB at most that are in memory.</summary>
    public IEnumerable<FeatureMatrix> Blocks()
    {
        if (Scratch is null && Rows <= BlockRows) return [this];
        return Enumerable.Range(0, (Rows + BlockRows - 1) / BlockRows)
            .Select(index => Block(index * BlockRows, Math.Min(Rows, (index + 1) * BlockRows)));
    }

    /// <summary>The last rows, in memory.</summary>
    internal FeatureMatrix Last(int rows) => Scratch is null && rows >= Rows ? this : Block(Math.Max(0, Rows - rows), Rows);

    /// <summary>Some rows, in memory; itself where they are all, in their order.</summary>
    /// <param name="rows">Their numbers, in any order.</param>
    internal FeatureMatrix Where(IReadOnlyList<int> rows)
    {
        if (rows.Count == Rows && rows.Index().All(row => row.Index == row.Item)) return this;
        var features = new float[checked(rows.Count * Names.Count)]; // [N, F]
        foreach (var (index, row) in rows.Index())
        {
            Row(row).CopyTo(features.AsSpan(index * Names.Count));
        }

        return new()
        {
            Names = Names,
            Features = features,
            Rows = rows.Count,
            Target = Target is null ? null : [.. rows.Select(row => Target[row])],
            Dates = Dates is null ? null : [.. rows.Select(row => Dates[row])],
            BlockCells = BlockCells,
        };
    }

    private FeatureMatrix Block(int start, int end) => new()
    {
        Names = Names,
        Features = Scratch is null ? Features[(start * Names.Count)..(end * Names.Count)] : Scratch.Block(start, end - start),
        Rows = end - start,
        Target = Target?[start..end],
        Dates = Dates?[start..end],
        BlockCells = BlockCells,
    };
}

/// <summary>Room on disk for the features of a table that are too many for the memory.</summary>
/// <param name="Open">Opens an empty file to read and write, which must stay open as long as the dataset is used.</param>
/// <param name="MemoryCells">How many features may be in memory; with more they go to the file. Default 64 MiB of them.</param>
public sealed record ScratchSpace(Func<Stream> Open, int MemoryCells = ScratchSpace.DefaultMemoryCells)
{
    internal const int DefaultMemoryCells = 1 << 24;
}

/// <summary>
/// The scaled features of all rows in a scratch file, one feature after the other, as they are made; read back row by row.
/// </summary>
internal sealed class ScratchFeatures
{
    private readonly Stream _file;
    private readonly int _rows;
    private readonly int _features;

    /// <summary>Takes the features, in their order, each with a value for every row.</summary>
    public ScratchFeatures(Stream file, int rows, IEnumerable<float[]> features, CancellationToken cancellationToken)
    {
        (_file, _rows) = (file, rows);
        foreach (var values in features)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(MemoryMarshal.AsBytes<float>(values));
            _features++;
        }
    }

    /// <summary>Number of features, F.</summary>
    public int Features => _features;

    /// <summary>Rows from one on.</summary>
    public ScratchRows Rows(int start) => new(this, start);

    /// <summary>Reads rows, [count, F], row-major; fewer where the file has no more.</summary>
    public float[] Read(int start, int count)
    {
        var block = new float[Math.Min(count, _rows - start) * _features];
        Read(start, block);
        return block;
    }

    /// <summary>The same, as many rows as the array holds.</summary>
    public void Read(int start, float[] block)
    {
        var values = new float[block.Length / _features];
        for (var j = 0; j < _features; j++)
        {
            _file.Position = (((long)j * _rows) + start) * sizeof(float);
            _file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            for (var i = 0; i < values.Length; i++)
            {
                block[(i * _features) + j] = values[i];
            }
        }
    }

    /// <summary>How many of some rows there are.</summary>
    public int Count(int start, int count) => Math.Min(count, _rows - start);
}

/// <summary>Rows of a scratch file from one on; the block of which a row was asked for last stays in memory.</summary>
internal sealed class ScratchRows(ScratchFeatures scratch, int first)
{
    private (int Start, int Rows) _block = (-1, 0);
    private float[] _cells = [];

    // Who asks for a block does not ask for single rows any more.
    public float[] Block(int start, int count)
    {
        (_block, _cells) = ((-1, 0), []);
        var cells = scratch.Read(first + start, count);
        LargeGarbage.Add((long)cells.Length * sizeof(float));
        return cells;
    }

    public ReadOnlySpan<float> Row(int row, int blockRows)
    {
        var start = row / blockRows * blockRows;
        if (_block != (start, blockRows))
        {
            _block = (-1, 0);
            Array.Resize(ref _cells, scratch.Count(first + start, blockRows) * scratch.Features);
            scratch.Read(first + start, _cells);
            _block = (start, blockRows);
        }

        return _cells.AsSpan((row - start) * scratch.Features, scratch.Features);
    }
}
