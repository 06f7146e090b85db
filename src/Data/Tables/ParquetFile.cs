using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using ParquetSharp;
using ParquetSharp.IO;
using ParquetSharp.Schema;
using static System.FormattableString;

namespace MacroCausal.Data.Tables;

/// <summary>A Parquet file that is read. Whatever goes wrong names the file, unless its stream is what failed.</summary>
internal sealed class ParquetFile : IDisposable
{
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
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>The fields of the schema, each with the index of its first leaf.</summary>
    public IReadOnlyList<(Node Node, int Leaf)> Fields { get; }

    /// <summary>Reads something of it.</summary>
    /// <exception cref="TableException">The file is damaged there.</exception>
    public T Read<T>(Func<ParquetFileReader, T> read) => Guarded(() => read(_reader));

    public void Dispose()
    {
        _reader.Dispose();
        _access.Dispose();
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
