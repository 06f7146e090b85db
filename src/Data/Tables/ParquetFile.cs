using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using ParquetSharp;
using ParquetSharp.IO;
using ParquetSharp.Schema;
using static System.FormattableString;

namespace MacroCausal.Data.Tables;

/// <summary>
/// Takes a batch of a column: the values that are there, and for each row a level that is 0 where it has none (no levels: all have one).
/// </summary>
internal delegate void ColumnBatch<T>(ReadOnlySpan<T> values, ReadOnlySpan<short> levels, int firstRow);

/// <summary>A Parquet file that is read. Whatever goes wrong names the file, unless its stream is what failed.</summary>
internal sealed class ParquetFile : IDisposable
{
    private const int BatchRows = 1 << 16;

    private readonly string _name;
    private readonly WatchedStream _stream;
    private readonly ManagedRandomAccessFile _access;
    private readonly ParquetFileReader _reader;

    /// <summary>Opens a file in a seekable stream, which stays open when this is disposed of.</summary>
    /// <exception cref="TableException">It is no Parquet file, is damaged, or has too many rows.</exception>
    public ParquetFile(Stream stream, string name)
    {
        (_name, _stream) = (name, new WatchedStream(stream));
        var dataEnd = ParquetFrame.Check(stream, name);
        _access = new ManagedRandomAccessFile(_stream, leaveOpen: true);
        using var properties = ReaderProperties.GetDefaultReaderProperties();
        properties.EnablePageChecksumVerification();
        _reader = Guarded(() => new ParquetFileReader(_access, properties));
        Fields = Guarded(() =>
        {
            ParquetFrame.CheckChunks(_reader, dataEnd);
            return FieldsOf(_reader.FileMetaData.Schema);
        });
        Rows = RowsOf(_reader.FileMetaData.NumRows);
        Metadata = Guarded(() => _reader.FileMetaData.KeyValueMetadata);
        GroupRows = Guarded(() => Enumerable.Range(0, _reader.FileMetaData.NumRowGroups).Select(RowsOfGroup).ToList());
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of rows in each row group.</summary>
    public IReadOnlyList<int> GroupRows { get; }

    /// <summary>The file's own key-value metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The fields of the schema, each with the index of its first leaf.</summary>
    public IReadOnlyList<(Node Node, int Leaf)> Fields { get; }

    /// <summary>Reads a column of a row group, batch by batch; the first row of a batch counts from the group's.</summary>
    /// <param name="group">Index of the row group.</param>
    /// <param name="leaf">Index of the leaf, as <see cref="Fields"/> has it.</param>
    /// <param name="take">Takes each batch.</param>
    /// <typeparam name="T">The physical type.</typeparam>
    /// <exception cref="TableException">The file is damaged there.</exception>
    public void ReadColumn<T>(int group, int leaf, ColumnBatch<T> take)
        where T : unmanaged
    {
        var (values, levels) = (ArrayPool<T>.Shared.Rent(BatchRows), ArrayPool<short>.Shared.Rent(BatchRows));
        try
        {
            Guarded(() =>
            {
                ReadColumn(group, leaf, values, levels, take);
                return true;
            });
        }
        finally
        {
            ArrayPool<T>.Shared.Return(values);
            ArrayPool<short>.Shared.Return(levels);
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _access.Dispose();
    }

    private void ReadColumn<T>(int group, int leaf, T[] values, short[] levels, ColumnBatch<T> take)
        where T : unmanaged
    {
        using var groupReader = _reader.RowGroup(group);
        using var column = (ColumnReader<T>)groupReader.Column(leaf);
        var isOptional = column.ColumnDescriptor.MaxDefinitionLevel > 0;
        for (var row = 0; row < GroupRows[group];)
        {
            var asked = Math.Min(GroupRows[group] - row, BatchRows);
            var count = (int)column.ReadBatch(asked, isOptional ? levels : [], [], values, out var present);
            if (count == 0) throw new InvalidDataException($"a column ends after row {row} of row group {group + 1}");
            take(values.AsSpan(0, (int)present), isOptional ? levels.AsSpan(0, count) : [], row);
            row += count;
        }
    }

    private int RowsOfGroup(int index)
    {
        using var group = _reader.RowGroup(index);
        return checked((int)group.MetaData.NumRows);
    }

    private static List<(Node Node, int Leaf)> FieldsOf(SchemaDescriptor schema)
    {
        var fields = new List<(Node, int)>();
        var leaf = 0;
        foreach (var field in schema.GroupNode.Fields)
        {
            fields.Add((field, leaf));
            leaf += Leaves(field);
        }

        return fields;
    }

    private static int Leaves(Node node) => node is GroupNode group ? group.Fields.Sum(Leaves) : 1;

    private int RowsOf(long rows) => rows <= Array.MaxLength
        ? (int)rows
        : throw new TableException(
            Invariant($"{_name} has {rows} rows, but at most {Array.MaxLength} can be read; leave out the oldest ones."));

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or TableException))
        {
            _stream.ThrowIfFailed();
            throw new TableException($"{_name} is a damaged Parquet file ({Reason(exception)}); write it again.", exception);
        }
    }

    // The library's messages have a class in front and lines of context behind.
    private static string Reason(Exception exception) => exception.Message.Split('\n')[0].TrimEnd('.');
}

/// <summary>
/// The frame of a Parquet file: <c>PAR1</c>, pages, footer, length of the footer, <c>PAR1</c>
/// (<see href="https://parquet.apache.org/docs/file-format/">file format</see>). Checked first, so that a file that is cut is told from one
/// that is something else.
/// </summary>
internal static class ParquetFrame
{
    private const int TailLength = 8;

    /// <summary>Returns where the pages end and the footer begins.</summary>
    public static long Check(Stream stream, string name)
    {
        if (stream.Length == 0) throw new TableException($"{name} is empty; write the table before it is trained on.");
        if (!IsMagic(Read(stream, 0, 4)))
        {
            throw new TableException($"{name} is not a Parquet file; write it as Parquet, or convert it.");
        }

        if (stream.Length < 4 + TailLength) throw Truncated(name);
        var tail = Read(stream, stream.Length - TailLength, TailLength);
        var footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!IsMagic(tail.AsSpan(4)) || footer <= 0 || footer > stream.Length - 4 - TailLength) throw Truncated(name);
        return stream.Length - TailLength - footer;
    }

    /// <summary>The column chunks must fit in before the footer; bytes that went missing in the middle show here.</summary>
    public static void CheckChunks(ParquetFileReader reader, long dataEnd)
    {
        var bytes = 0L;
        for (var index = 0; index < reader.FileMetaData.NumRowGroups; index++)
        {
            using var group = reader.RowGroup(index);
            for (var column = 0; column < group.MetaData.NumColumns; column++)
            {
                using var chunk = group.MetaData.GetColumnChunkMetaData(column);
                bytes += chunk.TotalCompressedSize;
            }
        }

        if (bytes > dataEnd - 4) throw new InvalidDataException($"its columns take {bytes} bytes, but only {dataEnd - 4} are there");
    }

    private static byte[] Read(Stream stream, long offset, int count)
    {
        var bytes = new byte[count];
        stream.Position = offset;
        stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        return bytes;
    }

    private static bool IsMagic(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual("PAR1"u8);

    private static TableException Truncated(string name) =>
        new($"{name} is a Parquet file that was cut short (its end is missing); write or upload it again.");
}

/// <summary>
/// A stream for reading that remembers what failed in it, so that a lost connection is not taken for a damaged file.
/// </summary>
internal sealed class WatchedStream(Stream inner) : Stream
{
    private ExceptionDispatchInfo? _failure;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <summary>Throws what the stream threw, where it failed.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("This stream is for reading.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("This stream is for reading.");
}
