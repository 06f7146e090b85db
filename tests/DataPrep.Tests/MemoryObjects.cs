using System.Collections.Concurrent;
using System.Security.Cryptography;
using MacroCausal.Storage;

namespace MacroCausal.DataPrep.Tests;

/// <summary>An object store in memory, which can be told to fail its next calls.</summary>
internal sealed class MemoryObjects : IObjectStore
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public int Writes { get; private set; }

    public int FailuresLeft { get; set; }

    public async Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        Objects[uri] = copy.ToArray();
        Writes++;
        return new ObjectReference(uri, Convert.ToHexStringLower(SHA256.HashData(copy.ToArray())));
    }

    public Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default)
    {
        if (FailuresLeft > 0)
        {
            FailuresLeft--;
            throw new ObjectStoreException($"{uri} cannot be reached; try again.");
        }

        return Task.FromResult<Stream?>(Objects.TryGetValue(uri, out var content) ? new MemoryStream(content, writable: false) : null);
    }

    public async Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default) =>
        await FindAsync(reference.Uri, cancellationToken) ?? throw new ObjectStoreException($"{reference.Uri} is not there.");

    public Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(string uri, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
