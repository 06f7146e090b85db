using MacroCausal.Storage;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry.Checkpoints;

/// <summary>Deletes every checkpoint of a study but the winner's. A model that is on record stays registered even where that fails.</summary>
internal sealed partial class CheckpointCleanup(IObjectStore objects, ILogger<CheckpointCleanup> logger)
{
    private const int AtOnce = 16;

    public async Task DeleteAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var folder = ObjectKeys.Uri(command.Settings.ArtifactsBucket, ObjectKeys.Checkpoints(command.ExecutionId));
        try
        {
            var losers = objects.ListAsync(folder, cancellationToken).Where(uri => uri != command.Checkpoint.Uri);
            await Parallel.ForEachAsync(
                losers,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (uri, token) => await objects.DeleteAsync(uri, token));
        }
        catch (ObjectStoreException failure)
        {
            LogKept(failure, command.ExecutionId, folder);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Study {ExecutionId}: its model is registered, but checkpoints that nobody needs are left in {Folder}; delete them by hand")]
    private partial void LogKept(Exception failure, string executionId, string folder);
}
