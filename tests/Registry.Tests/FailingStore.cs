using MacroCausal.Storage;

namespace MacroCausal.Registry.Tests;

/// <summary>An object store that asks, before every write and every deletion, whether to fail.</summary>
internal sealed class FailingStore(IObjectStore inner, Func<string, string, Task<bool>> fails) : IObjectStore
{
    public async Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default)
    {
        await ThrowIfAsync("put", uri);
        return await inner.PutAsync(uri, content, cancellationToken);
    }

    public async Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default)
    {
        await ThrowIfAsync("put", uri);
        return await inner.TryAddAsync(uri, content, cancellationToken);
    }

    public Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default) => inner.FindAsync(uri, cancellationToken);

    public Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default) =>
        inner.OpenAsync(reference, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        inner.ListAsync(prefix, cancellationToken);

    public async Task DeleteAsync(string uri, CancellationToken cancellationToken = default)
    {
        await ThrowIfAsync("delete", uri);
        await inner.DeleteAsync(uri, cancellationToken);
    }

    private async Task ThrowIfAsync(string call, string uri)
    {
        if (await fails(call, uri)) throw new ObjectStoreException($"'{uri}' cannot be reached.");
    }
}
