using System.Security.Cryptography;

namespace MacroCausal.Storage.Aws;

/// <summary>Content on its way to S3: taken in part by part, into one buffer, and hashed meanwhile.</summary>
internal sealed class HashedSource(ObjectUri uri, Stream content, int partBytes) : IDisposable
{
    private const int FirstBytes = 64 * 1024;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = [];

    /// <summary>Reads the next part: <c>partBytes</c> long, or shorter where the content ends, or empty after it. Overwrites the part before.</summary>
    /// <exception cref="ObjectStoreException">The content could not be read.</exception>
    public async Task<MemoryStream> ReadPartAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        int read;
        do
        {
            Grow(length);
            read = await ReadAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += read;
        }
        while (read > 0 && length < partBytes);

        _hash.AppendData(_buffer, 0, length);
        return new(_buffer, 0, length, writable: false, publiclyVisible: true);
    }

    /// <summary>SHA-256 of all parts, 64 lower-case hexadecimal digits.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();

    private async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw S3Failure.ExplainSource(uri, failure);
        }
    }

    private void Grow(int length)
    {
        if (length == _buffer.Length && length < partBytes)
        {
            Array.Resize(ref _buffer, Math.Min(partBytes, length == 0 ? Expected() : length * 2));
        }
    }

    // One byte more than it has, so that the read that finds the end needs no larger buffer.
    private int Expected() => content.CanSeek ? (int)Math.Clamp(content.Length - content.Position + 1, 1, partBytes) : FirstBytes;
}
