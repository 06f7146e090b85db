namespace MacroCausal.Storage;

/// <summary>The table of registered models. Throws <see cref="StoreException"/> with a remedy where it cannot be reached.</summary>
public interface IModelRegistry
{
    /// <summary>Adds a model. False where there is one of that id already; the first one stays.</summary>
    Task<bool> TryAddAsync(ModelRecord model, CancellationToken cancellationToken = default);

    /// <summary>The model of that id, or null.</summary>
    Task<ModelRecord?> FindAsync(string modelId, CancellationToken cancellationToken = default);

    /// <summary>Models, latest first; of one execution (<c>ExecutionIdIndex</c>) or of one status (<c>StatusIndex</c>) where given.</summary>
    IAsyncEnumerable<ModelRecord> ListAsync(string? executionId = null, string? status = null, CancellationToken cancellationToken = default);

    /// <summary>Gives a model another status. False where there is no such model.</summary>
    Task<bool> SetStatusAsync(string modelId, string status, CancellationToken cancellationToken = default);
}
