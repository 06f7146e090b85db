using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Progress;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// Cancels a study. On AWS that is a message. In a directory the study may run in another process, whose bus nobody reaches: then it is
/// asked through the study's record, and waited for; a study that nobody runs is ended in this process.
/// </summary>
internal sealed class StudyCancel(StudyStores stores, StudiesOutput output)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    public async Task<int> RunAsync(CancelTraining message, CancellationToken cancellationToken)
    {
        var record = await stores.FindAsync(message.ExecutionId, cancellationToken);
        if (record.IsOver)
        {
            output.Say($"{record.ExecutionId} is over already: {record.State}", Summary(record));
            return ExitCodes.Done;
        }

        if (stores.Directory is { } directory)
        {
            var ended = await EndAsync(directory, message, cancellationToken);
            output.Say(Sentence(ended), Summary(ended));
            return ExitCodes.Done;
        }

        await AwsHost.SendOnceAsync(stores.Aws!, QueueNames.Study, message, cancellationToken);
        output.Say(
            $"asked {message.ExecutionId}, which is {record.State}, to end; see it do so with: "
                + Invocation.Of("studies", "show", message.ExecutionId, "--aws"),
            new { message.ExecutionId, status = "ASKED", record.State });
        return ExitCodes.Done;
    }

    private async Task<StudyRecord> EndAsync(EmbeddedStore directory, CancelTraining message, CancellationToken cancellationToken)
    {
        var isAsked = false;
        while (true)
        {
            var record = await stores.FindAsync(message.ExecutionId, cancellationToken);
            if (record.IsOver) return record;

            using (var running = StudyLock.TryTake(directory, message.ExecutionId))
            {
                if (running is not null)
                {
                    await EndHereAsync(directory, message, cancellationToken);
                    continue;
                }
            }

            isAsked = isAsked || await TryAskAsync(record, message, cancellationToken);
            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    private async Task EndHereAsync(EmbeddedStore directory, CancelTraining message, CancellationToken cancellationToken)
    {
        var request = new StudyRequest<CancelTraining>(message.ExecutionId, QueueNames.Study, message, 1, TrainingDevice.Cpu);
        var view = new PlainView(output.Lines, new StudyProgress(StudyDefaults.Trials, StudyDefaults.MaxEpochs));
        if (await StudyRun.RunToCompletionAsync(directory, request, view, cancellationToken) is null)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    // A turn of the running study may have been quicker; then the next try reads the record anew.
    private Task<bool> TryAskAsync(StudyRecord record, CancelTraining message, CancellationToken cancellationToken)
    {
        var study = StudyDocument.Read(record);
        study.CancelRequest = message;
        return StudyDocument.Next(study) is { } next
            ? stores.Studies.TryReplaceStudyAsync(next, cancellationToken)
            : Task.FromResult(true);
    }

    private static string Sentence(StudyRecord record) => StudyDocument.Read(record) switch
    {
        { Completed: { } completed } => $"{record.ExecutionId} has ended with the model {completed.ModelId}",
        { Failed: { } failed } => $"{record.ExecutionId} has ended without a model: {string.Join(' ', failed.Reasons)}",
        _ => $"{record.ExecutionId} is {record.State}",
    };

    private static object Summary(StudyRecord record)
    {
        var study = StudyDocument.Read(record);
        return new
        {
            record.ExecutionId,
            status = study.Cancelled is not null && study.Completed is null ? "CANCELLED" : study.Completed is null ? "FAILED" : "TRAINED",
            record.State,
            study.Completed?.ModelId,
            reasons = study.Failed?.Reasons ?? [],
        };
    }
}
