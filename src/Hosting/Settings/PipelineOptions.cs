namespace MacroCausal.Hosting.Settings;

/// <summary>What the pipeline sets in the environment; a StartTraining message may override each.</summary>
public sealed record PipelineOptions
{
    /// <summary><c>EXECUTION_ID</c>: the execution that a StartTraining without one belongs to. Default: none.</summary>
    public string? ExecutionId { get; init; }

    /// <summary><c>GOLD_BUCKET</c>: bucket of the gold tables. Default: none.</summary>
    public string? GoldBucket { get; init; }

    /// <summary><c>ARTIFACTS_BUCKET</c>: bucket of splits, checkpoints and models. Default: none.</summary>
    public string? ArtifactsBucket { get; init; }

    /// <summary><c>MODEL_REGISTRY_TABLE</c>: table of registered models. Default: none.</summary>
    public string? ModelRegistryTable { get; init; }
}
