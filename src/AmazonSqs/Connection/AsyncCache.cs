using System.Collections.Concurrent;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>Finds or makes each named thing once, however many ask at the same time. What failed is forgotten, so that the next one tries again.</summary>
internal sealed class AsyncCache<T> : IAsyncDisposable
    where T : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<T>>> _made = new(StringComparer.Ordinal);

    public async Task<T> Get(string name, Func<Task<T>> make, CancellationToken cancellationToken)
    {
        var made = _made.GetOrAdd(name, _ => new Lazy<Task<T>>(make));
        try
        {
            return await made.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (made.Value.IsFaulted || made.Value.IsCanceled)
        {
            _made.TryRemove(KeyValuePair.Create(name, made));
            throw;
        }
    }

    public void Forget(string name) => _made.TryRemove(name, out _);

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made.Values.Where(made => made is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
        {
            await (await made.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
