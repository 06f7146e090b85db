using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using MacroCausal.Storage.Objects;

namespace MacroCausal.TrialRunner.Tests;

/// <summary>Objects in memory; remembers what was ever written, and fails where a test says so.</summary>
internal sealed class MemoryObjects : IObjectStore
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new();

    public ConcurrentQueue<string> Writes { get; } = new();

    public ConcurrentQueue<string> Opens { get; } = new();

    /// <summary>Addresses that cannot be written.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    public IEnumerable<string> Uris => _objects.Keys.Order(StringComparer.Ordinal);

    public byte[] this[string uri]
    {
        get => _objects[uri];
        set => _objects[uri] = value;
    }

    public ObjectReference Put(string uri, byte[] content)
    {
        _objects[uri] = content;
        Writes.Enqueue(uri);
        return Reference(uri, content);
    }

    public Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        Refuses(uri) ? throw new ObjectStoreException($"{uri} cannot be written.") : Task.FromResult(Put(uri, Bytes(content)));

    public Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default)
    {
        var bytes = Bytes(content);
        if (!_objects.TryAdd(uri, bytes)) return Task.FromResult<ObjectReference?>(null);
        Writes.Enqueue(uri);
        return Task.FromResult<ObjectReference?>(Reference(uri, bytes));
    }

    public Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default) =>
        Task.FromResult<Stream?>(_objects.TryGetValue(uri, out var content) ? new MemoryStream(content) : null);

    public Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default)
    {
        Opens.Enqueue(reference.Uri);
        return _objects.TryGetValue(reference.Uri, out var content) && Reference(reference.Uri, content) == reference
            ? Task.FromResult<Stream>(new MemoryStream(content))
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
        _objects.TryRemove(uri, out _);
        return Task.CompletedTask;
    }

    private static ObjectReference Reference(string uri, byte[] content) => new(uri, Convert.ToHexStringLower(SHA256.HashData(content)));

    private static byte[] Bytes(Stream content)
    {
        using var memory = new MemoryStream();
        content.CopyTo(memory);
        return memory.ToArray();
    }
}
