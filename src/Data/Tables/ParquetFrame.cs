using System.Buffers.Binary;
using Parquet;
using Parquet.Meta;

namespace MacroCausal.Data.Tables;

/// <summary>
/// The frame of a Parquet file: <c>PAR1</c>, pages, footer, length of the footer, <c>PAR1</c>
/// (<see href="https://parquet.apache.org/docs/file-format/">file format</see>). Checked first, so that a file that is cut is told from one
/// that is something else.
/// </summary>
internal static class ParquetFrame
{
    private const int TailLength = 8;

    /// <summary>Returns where the pages end and the footer begins.</summary>
    public static async Task<long> CheckAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        if (stream.Length == 0) throw new TableException($"{name} is empty; write the table before it is trained on.");
        if (!IsMagic(await ReadAsync(stream, 0, 4, cancellationToken)))
        {
            throw new TableException($"{name} is not a Parquet file; write it as Parquet, or convert it.");
        }

        if (stream.Length < 4 + TailLength) throw Truncated(name);
        var tail = await ReadAsync(stream, stream.Length - TailLength, TailLength, cancellationToken);
        var footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!IsMagic(tail.AsSpan(4)) || footer <= 0 || footer > stream.Length - 4 - TailLength) throw Truncated(name);
        return stream.Length - TailLength - footer;
    }

    /// <summary>Every column chunk must lie before the footer; bytes that went missing in the middle show here.</summary>
    public static void CheckChunks(ParquetReader reader, long dataEnd)
    {
        foreach (var chunk in reader.RowGroups.SelectMany(group => group.RowGroup.Columns))
        {
            if (chunk.MetaData is { } meta && Start(meta) + meta.TotalCompressedSize > dataEnd)
            {
                throw new InvalidDataException($"column '{string.Join('.', meta.PathInSchema)}' ends beyond the data");
            }
        }
    }

    private static long Start(ColumnMetaData meta) =>
        meta.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, meta.DataPageOffset) : meta.DataPageOffset;

    private static async Task<byte[]> ReadAsync(Stream stream, long offset, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        stream.Position = offset;
        await stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancellationToken);
        return bytes;
    }

    private static bool IsMagic(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual("PAR1"u8);

    private static TableException Truncated(string name) =>
        new($"{name} is a Parquet file that was cut short (its end is missing); write or upload it again.");
}

/// <summary>
/// A stream for reading that remembers whether it failed itself, so that a lost connection is not taken for a damaged file.
/// </summary>
internal sealed class WatchedStream(Stream inner) : Stream
{
    public bool HasFailed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("This stream is for reading.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("This stream is for reading.");
}
