using Microsoft.AspNetCore.Http;

namespace MacroCausal.Dashboard.Starting;

/// <summary>Reads another stream until that has given more than it may.</summary>
/// <param name="inner">What is read.</param>
/// <param name="maxBytes">Bytes that it may give.</param>
/// <param name="what">It, as the beginning of a sentence.</param>
internal sealed class LimitedStream(Stream inner, long maxBytes, string what) : Stream
{
    private const long Megabyte = 1 << 20;
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">It ends before its end.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Counted(await inner.ReadAsync(buffer, cancellationToken));
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw new InvalidDataException($"it was cut off ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Counted(int read)
    {
        _read += read;
        if (_read <= maxBytes) return read;
        var size = maxBytes < Megabyte ? Invariant($"{maxBytes} bytes") : Invariant($"{maxBytes / Megabyte} MiB");
        throw new BadHttpRequestException(
            $"{what} larger than {size}; put a large table on this machine and give its path.", StatusCodes.Status413PayloadTooLarge);
    }
}
