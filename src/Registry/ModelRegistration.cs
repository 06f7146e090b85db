using MacroCausal.Registry.Artifacts;
using MacroCausal.Registry.Checkpoints;
using MacroCausal.Registry.Inputs;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>
/// Registers a model: artifacts first, then the record, then the losers' checkpoints go. So a record never points to artifacts that are not whole, and nothing is deleted that a repeat
/// would need. A model that is on record is not written again.
/// </summary>
internal sealed class ModelRegistration(InputReader inputs, ArtifactWriter artifacts, IModelRegistries registries, CheckpointCleanup losers)
{
    private const string Trained = "TRAINED";

    public async Task<ModelRegistered> RegisterAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var folder = ObjectKeys.Uri(command.Settings.ArtifactsBucket, ObjectKeys.Model(command.ExecutionId));
        var registry = registries.Open(command.Settings.ModelRegistryTable);
        if (await registry.FindAsync(command.ModelId, cancellationToken) is null)
        {
            var made = ModelArtifacts.Of(command, await inputs.ReadAsync(command, cancellationToken));
            await artifacts.WriteAsync(folder, await made.FilesAsync(cancellationToken), cancellationToken);
            await registry.TryAddAsync(Record(command, folder, made), cancellationToken);
        }

        await losers.DeleteAsync(command, cancellationToken);
        return new ModelRegistered { ExecutionId = command.ExecutionId, ModelId = command.ModelId, ModelUri = folder };
    }

    private static ModelRecord Record(RegisterModel command, string folder, ModelArtifacts artifacts) => new()
    {
        ModelId = command.ModelId,
        CreatedAt = command.StartedAt,
        ExecutionId = command.ExecutionId,
        ModelUri = folder,
        Metrics = artifacts.Metrics,
        Status = Trained,
        Version = SoftwareVersions.Current.MacroCausal,
        Config = command.Config,
        WeightsSha256 = artifacts.WeightsSha256,
    };
}
