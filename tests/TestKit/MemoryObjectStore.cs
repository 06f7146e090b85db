using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using MacroCausal.Contracts;
using MacroCausal.Storage;

namespace MacroCausal.TestKit;

/// <summary>An object store in memory; remembers what was ever written and opened, and fails where a test says so.</summary>
public sealed class MemoryObjectStore : IObjectStore
{
    private int _failuresLeft;

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Address of every write, in order.</summary>
    public ConcurrentQueue<string> Writes { get; } = new();

    /// <summary>Address of every <see cref="OpenAsync"/>, in order.</summary>
    public ConcurrentQueue<string> Opens { get; } = new();

    /// <summary>Addresses that cannot be written.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>How many of the next calls of <see cref="FindAsync"/> fail.</summary>
    public int FailuresLeft
    {
        get => _failuresLeft;
        set => _failuresLeft = value;
    }

    public IEnumerable<string> Uris => Objects.Keys.Order(StringComparer.Ordinal);

    public ObjectReference Put(string uri, byte[] content)
    {
        Objects[uri] = content;
        Writes.Enqueue(uri);
        return Reference(uri, content);
    }

    public async Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        Refuses(uri) ? throw new ObjectStoreException($"{uri} cannot be written.") : Put(uri, await ReadAsync(content, cancellationToken));

    public async Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default)
    {
        var bytes = await ReadAsync(content, cancellationToken);
        if (!Objects.TryAdd(uri, bytes)) return null;
        Writes.Enqueue(uri);
        return Reference(uri, bytes);
    }

    public Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default)
    {
        if (_failuresLeft > 0)
        {
            Interlocked.Decrement(ref _failuresLeft);
            throw new ObjectStoreException($"{uri} cannot be reached; try again.");
        }

        return Task.FromResult<Stream?>(Objects.TryGetValue(uri, out var content) ? new MemoryStream(content, writable: false) : null);
    }

    public Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default)
    {
        Opens.Enqueue(reference.Uri);
        return Objects.TryGetValue(reference.Uri, out var content) && Reference(reference.Uri, content) == reference
            ? Task.FromResult<Stream>(new MemoryStream(content, writable: false))
            : throw new ObjectStoreException($"{reference.Uri} is not there or not what it was.");
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var uri in Uris.Where(uri => uri.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return uri;
        }
    }

    public Task DeleteAsync(string uri, CancellationToken cancellationToken = default)
    {
        Objects.TryRemove(uri, out _);
        return Task.CompletedTask;
    }

    private static ObjectReference Reference(string uri, byte[] content) => new(uri, Convert.ToHexStringLower(SHA256.HashData(content)));

    private static async Task<byte[]> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        await content.CopyToAsync(memory, cancellationToken);
        return memory.ToArray();
    }
}
