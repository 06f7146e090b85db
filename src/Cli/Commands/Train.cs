using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Tables;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary>Puts the table where the gold table would be, publishes StartTraining, and waits for the end.</summary>
internal static class Train
{
    public static async Task<int> RunAsync(TrainRequest request, StudyOutput output, CancellationToken cancellationToken)
    {
        var executionId = request.Message.ExecutionId ?? DefaultExecutionId(TimeProvider.System);
        if (ExecutionIds.Refusal(executionId) is { } refusal)
        {
            throw new BadInputException(refusal);
        }

        // The table is looked for before anything is made on disk.
        await using var table = await InputTable.OpenAsParquetAsync(request.Data, cancellationToken).ConfigureAwait(false);
        using var stores = EmbeddedStores.Open(request.Store);
        using var running = StudyLock.Take(request.Store, executionId);
        await RefuseKnownAsync(stores, executionId, cancellationToken).ConfigureAwait(false);

        await stores.Objects.PutAsync(EmbeddedStore.GoldTable(executionId), table, cancellationToken).ConfigureAwait(false);
        var message = request.Message with { ExecutionId = executionId };
        var study = new StudyRequest<StartTraining>(executionId, QueueNames.StartTraining, message, request.Workers, request.Device);
        var view = output.View(message.Trials ?? StudyDefaults.Trials, message.MaxEpochs ?? StudyDefaults.MaxEpochs);
        var outcome = await StudyRun.ToTheEndAsync(request.Store, study, view, cancellationToken).ConfigureAwait(false);
        var isBegun = outcome is not null || await stores.Studies.FindStudyAsync(executionId, CancellationToken.None).ConfigureAwait(false) is not null;
        if (!isBegun || outcome?.Failed is { InvalidInput: true })
        {
            await stores.Objects.DeleteAsync(EmbeddedStore.GoldTable(executionId), CancellationToken.None).ConfigureAwait(false);
        }

        return isBegun ? output.End(executionId, outcome, request.Store) : output.StopBeforeStudy(executionId);
    }

    private static string DefaultExecutionId(TimeProvider time) => $"local-{time.GetUtcNow():yyyyMMdd-HHmmss-fff}";

    private static async Task RefuseKnownAsync(EmbeddedStores stores, string executionId, CancellationToken cancellationToken)
    {
        var known = await stores.Studies.FindStudyAsync(executionId, cancellationToken).ConfigureAwait(false);
        switch (known?.State)
        {
            case "Failed" when StudyDocument.Read(known).Data is not null:
                throw new BadInputException(
                    $"The study '{executionId}' failed; 'macrocausal resume --execution-id {executionId}' says why. Use another --execution-id to train with other settings.");
            case null or "Failed":
                return;
            case "Completed":
                throw new BadInputException(
                    $"The study '{executionId}' is over and its model is registered; see 'macrocausal models show {executionId}', or use another --execution-id.");
            default:
                throw new BadInputException(
                    $"The study '{executionId}' was begun and is not over; go on with 'macrocausal resume --execution-id {executionId}', or use another --execution-id.");
        }
    }
}
