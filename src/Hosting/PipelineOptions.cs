using Microsoft.Extensions.Configuration;

namespace MacroCausal.Hosting;

/// <summary>The pipeline's four environment variables. Each may be missing: a StartTraining message may name it instead.</summary>
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

    /// <summary>Reads the variables; an empty one counts as not set.</summary>
    public static PipelineOptions Read(IConfiguration environment) => new()
    {
        ExecutionId = Value(environment, "EXECUTION_ID"),
        GoldBucket = Value(environment, "GOLD_BUCKET"),
        ArtifactsBucket = Value(environment, "ARTIFACTS_BUCKET"),
        ModelRegistryTable = Value(environment, "MODEL_REGISTRY_TABLE"),
    };

    private static string? Value(IConfiguration environment, string name) => environment[name] is { Length: > 0 } value ? value : null;
}
