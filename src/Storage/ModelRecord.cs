namespace MacroCausal.Storage;

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
