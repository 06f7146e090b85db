using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MacroCausal.Hosting.Settings;

/// <summary>The pipeline's four variables in the environment.</summary>
public static class PipelineEnvironment
{
    /// <summary>Adds <see cref="PipelineOptions"/> as the environment has them. None is needed at the start: a message may name each.</summary>
    public static IServiceCollection AddPipelineEnvironment(this IServiceCollection services) =>
        services.AddSingleton(provider => Options.Create(Read(provider.GetRequiredService<IConfiguration>())));

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
