using MacroCausal.Cli.Embedded;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// Deletes what is left of a study that is over, and of its folds: data and checkpoints first, then its records, so that one which is
/// interrupted can be typed again. A registered model stays unless it is asked for, and so does the gold table, but for the copy that
/// <c>train</c> made.
/// </summary>
internal sealed class StudyDelete(StudyStores stores, StudiesOutput output, bool withModel, bool isConfirmed)
{
    private const int MaxConcurrentDeletes = 16;

    public async Task<int> RunAsync(string executionId, CancellationToken cancellationToken)
    {
        var record = await stores.FindAsync(executionId, cancellationToken);
        if (!record.IsOver)
        {
            throw new BadInputException(
                $"The study '{executionId}' is {record.State}; "
                + $"cancel it first, with '{Invocation.Of(["studies", "cancel", executionId, .. Place()])}'.");
        }

        using var running = stores.Directory is { } directory ? StudyLock.Take(directory, executionId) : null;
        var settings = StudyDocument.Read(record).Settings;
        var registry = stores.RegistryOf(settings);
        var models = await registry.ListAsync(executionId, cancellationToken: cancellationToken).ToListAsync(cancellationToken);
        var objects = await ObjectsAsync(settings, cancellationToken);
        var kept = models.Count > 0 && !withModel ? $"; the model {models[0].ModelId} stays" : "";
        if (!isConfirmed && !await Confirmation.AskAsync(
            $"Delete the study {executionId} with {objects.Count} objects{kept}?", cancellationToken))
        {
            output.Say("nothing was deleted", new { executionId, status = "KEPT" });
            return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Done;
        }

        await DeleteAsync(objects, cancellationToken);
        foreach (var model in withModel ? models : [])
        {
            await registry.RemoveAsync(model.ModelId, cancellationToken);
        }

        foreach (var fold in settings.Folds())
        {
            if (await stores.Studies.FindStudyAsync(fold.ExecutionId, cancellationToken) is { } known)
            {
                await stores.Studies.TryRemoveStudyAsync(known, cancellationToken);
            }
        }

        if (!await stores.Studies.TryRemoveStudyAsync(record, cancellationToken))
        {
            throw new BadInputException(
                $"The study '{executionId}' was changed meanwhile, by 'macrocausal resume' for instance, and its data is gone; "
                + "look at it with 'macrocausal studies show', and delete it again once it is over.");
        }

        output.Say(
            Invariant($"deleted {executionId}: its records and {objects.Count} objects{kept}"),
            new { executionId, status = "DELETED", objects = objects.Count, models = models.Select(model => model.ModelId), withModel });
        return ExitCodes.Done;
    }

    private async Task<List<string>> ObjectsAsync(StudySettings settings, CancellationToken cancellationToken)
    {
        var id = settings.ExecutionId;
        string[] folders =
        [
            .. settings.Folds().Select(fold => fold.ExecutionId).Prepend(id)
                .SelectMany(study => new[] { ObjectKeys.Data(study), ObjectKeys.Checkpoints(study) }),
            .. withModel ? [ObjectKeys.Model(id)] : Array.Empty<string>(),
        ];
        var objects = new List<string>();
        foreach (var folder in folders)
        {
            objects.AddRange(await stores.Objects.ListAsync(ObjectKeys.Uri(settings.ArtifactsBucket, folder), cancellationToken)
                .ToListAsync(cancellationToken));
        }

        var gold = stores.Directory is null ? null : EmbeddedStore.GoldTable(id);
        if (gold is not null && File.Exists(stores.PathOf(gold)))
        {
            objects.Add(gold);
        }

        return objects;
    }

    private Task DeleteAsync(IEnumerable<string> objects, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        objects,
        new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentDeletes, CancellationToken = cancellationToken },
        async (uri, token) => await stores.Objects.DeleteAsync(uri, token));

    private string[] Place() => stores.Directory is { } directory ? ["--store", directory.Directory] : ["--aws"];
}
