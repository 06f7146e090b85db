using MacroCausal.Storage;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry;

/// <summary>
/// Registers a model: artifacts first, then the record, then the other trials' checkpoints are deleted. So a record never points to
/// incomplete artifacts, and nothing is deleted that a repeat would need. A model that is on record is not written again, and never over.
/// </summary>
internal sealed class ModelRegistration(
    EpochArrival epochs, RegistrationInputReader inputs, IObjectStore objects, IModelRegistries registries, CheckpointCleanup cleanup)
{
    public async Task<ModelRegistered> RegisterAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var folder = ObjectKeys.Uri(command.Settings.ArtifactsBucket, ObjectKeys.Model(command.ExecutionId));
        var registry = registries.Open(command.Settings.ModelRegistryTable);
        Verdict? verdict;
        if (await registry.FindAsync(command.ModelId, cancellationToken) is not null)
        {
            verdict = await VerdictOnRecordAsync(folder, cancellationToken);
        }
        else
        {
            await ThrowIfTakenAsync(registry, command, folder, cancellationToken);
            var trials = await epochs.WaitAsync(command.ExecutionId, command.Data, cancellationToken);
            await using var read = await inputs.ReadAsync(command, trials, cancellationToken);
            var artifacts = ModelArtifacts.Of(command, read);
            foreach (var (name, content) in await artifacts.FilesAsync(cancellationToken))
            {
                await objects.PutAsync(folder + name, new MemoryStream(content, writable: false), cancellationToken);
            }

            await registry.TryAddAsync(Record(command, folder, artifacts), cancellationToken);
            verdict = artifacts.Verdict;
        }

        await cleanup.DeleteAsync(command, cancellationToken);
        return new ModelRegistered { ExecutionId = command.ExecutionId, ModelId = command.ModelId, ModelUri = folder, Verdict = verdict };
    }

    // A study that was deleted and run again under its id has the same folder.
    private static async Task ThrowIfTakenAsync(
        IModelRegistry registry, RegisterModel command, string folder, CancellationToken cancellationToken)
    {
        var models = registry.ListAsync(command.ExecutionId, cancellationToken: cancellationToken);
        if (await models.FirstOrDefaultAsync(model => model.ModelUri == folder, cancellationToken) is { } other)
        {
            throw new RegistrationException(
                $"'{folder}' holds the registered model '{other.ModelId}' of an earlier study with this execution id, which stays; "
                + "train under another execution id, or delete that model with its artifacts and resume the study.");
        }
    }

    private async Task<Verdict?> VerdictOnRecordAsync(string folder, CancellationToken cancellationToken)
    {
        await using var metadata = await objects.FindAsync(folder + "metadata.json", cancellationToken);
        return metadata is null ? null : ModelMetadata.VerdictOf(metadata);
    }

    private static ModelRecord Record(RegisterModel command, string folder, ModelArtifacts artifacts) => new()
    {
        ModelId = command.ModelId,
        CreatedAt = command.StartedAt,
        ExecutionId = command.ExecutionId,
        ModelUri = folder,
        Metrics = artifacts.Metrics,
        Status = ModelStatuses.Trained,
        Version = SoftwareVersions.Current.MacroCausal,
        Config = command.Config,
        WeightsSha256 = artifacts.WeightsSha256,
    };
}

/// <summary>
/// Deletes every checkpoint of a study but the registered one. A model that is on record stays registered even where that fails.
/// </summary>
internal sealed partial class CheckpointCleanup(IObjectStore objects, ILogger<CheckpointCleanup> logger)
{
    private const int MaxConcurrentDeletes = 16;

    public async Task DeleteAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var folder = ObjectKeys.Uri(command.Settings.ArtifactsBucket, ObjectKeys.Checkpoints(command.ExecutionId));
        try
        {
            var others = objects.ListAsync(folder, cancellationToken).Where(uri => uri != command.Checkpoint.Uri);
            await Parallel.ForEachAsync(
                others,
                new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentDeletes, CancellationToken = cancellationToken },
                async (uri, token) => await objects.DeleteAsync(uri, token));
        }
        catch (ObjectStoreException exception)
        {
            LogKept(exception, command.ExecutionId, folder);
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Study {ExecutionId}: its model is registered, but checkpoints that nobody needs are left in {Folder}; delete them by hand")]
    private partial void LogKept(Exception exception, string executionId, string folder);
}
