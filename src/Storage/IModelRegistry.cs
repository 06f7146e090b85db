namespace MacroCausal.Storage;

/// <summary>The table of registered models. Throws <see cref="StoreException"/> with a remedy where it cannot be reached.</summary>
public interface IModelRegistry
{
    /// <summary>Adds a model. False where there is one of that id already; the first one stays.</summary>
    Task<bool> TryAddAsync(ModelRecord model, CancellationToken cancellationToken = default);

    /// <summary>The model of that id, or null.</summary>
    Task<ModelRecord?> FindAsync(string modelId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Models, latest first; of one execution (<c>ExecutionIdIndex</c>) or of one status (<c>StatusIndex</c>) where given.
    /// </summary>
    IAsyncEnumerable<ModelRecord> ListAsync(
        string? executionId = null, string? status = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a model another status. False where there is no such model, or where its status is not <paramref name="from"/>: of two who saw
    /// the same status, one wins.
    /// </summary>
    /// <param name="modelId">The model.</param>
    /// <param name="status">Its new status.</param>
    /// <param name="from">The status that it must have until then; null for any.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<bool> SetStatusAsync(string modelId, string status, string? from = null, CancellationToken cancellationToken = default);

    /// <summary>Removes a model; its artifacts stay. False where there is no such model.</summary>
    Task<bool> RemoveAsync(string modelId, CancellationToken cancellationToken = default);
}

/// <summary>The statuses of registered models that commands and pages give; others are the user's.</summary>
public static class ModelStatuses
{
    /// <summary>What every model is registered with.</summary>
    public const string Trained = "TRAINED";

    /// <summary>What a model is promoted to.</summary>
    public const string Production = "PRODUCTION";
}

/// <summary>The tables of registered models: a study may name another than the process's own.</summary>
public interface IModelRegistries
{
    /// <summary>The registry of that table. Embedded, there is one table, whatever its name.</summary>
    IModelRegistry Open(string table);
}

/// <summary>A registered model; the attributes of the DynamoDB item are named in brackets.</summary>
public sealed record ModelRecord
{
    /// <summary><c>model_{execution_id}_{yyyyMMdd_HHmmss}</c> of the study's start [<c>model_id</c>, partition key].</summary>
    public required string ModelId { get; init; }

    /// <summary>Start of the study, UTC [<c>created_at</c>, sort key, ISO 8601].</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The study [<c>execution_id</c>].</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Folder of the artifacts [<c>model_uri</c>].</summary>
    public required string ModelUri { get; init; }

    /// <summary>Numbers by name [<c>metrics</c>].</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary><c>TRAINED</c>, or what it was promoted to [<c>status</c>].</summary>
    public required string Status { get; init; }

    /// <summary>Version of MacroCausal that made it [<c>version</c>].</summary>
    public required string Version { get; init; }

    /// <summary>Hyperparameters of the model [<c>config</c>, JSON].</summary>
    public required TrialConfig Config { get; init; }

    /// <summary>SHA-256 of <c>model.safetensors</c> [<c>weights_sha256</c>].</summary>
    public required string WeightsSha256 { get; init; }
}
