using MacroCausal.Cli.Embedded;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// Pauses a study. On AWS that is a message. In a directory the study runs in another process, whose bus nobody reaches: then it is asked
/// through the study's record, and waited for; a study that nobody runs starts nothing anyhow.
/// </summary>
internal sealed class StudyPause(StudyStores stores, StudiesOutput output)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    public async Task<int> PauseAsync(string executionId, CancellationToken cancellationToken)
    {
        var record = await stores.FindAsync(executionId, cancellationToken);
        if (record.IsOver)
        {
            output.Say($"{executionId} is over already: {record.State}", Summary(record, "OVER"));
        }
        else if (stores.Directory is { } directory)
        {
            await PauseThereAsync(directory, executionId, cancellationToken);
        }
        else
        {
            await AwsHost.SendOnceAsync(
                stores.Aws!, QueueNames.Study, new PauseTraining { ExecutionId = executionId }, cancellationToken);
            output.Say(
                $"asked {executionId}, which is {record.State}, to pause; go on with: "
                    + Invocation.Of("resume", "--execution-id", executionId, "--aws"),
                Summary(record, "ASKED"));
        }

        return ExitCodes.Done;
    }

    /// <summary>Has the process that runs a paused study go on with it.</summary>
    public async Task<int> ResumeThereAsync(string executionId, CancellationToken cancellationToken)
    {
        var record = await AskAsync(executionId, PauseRequest.Resume, study => study.PausedAt is null, cancellationToken);
        output.Say($"{executionId} goes on in the process that runs it", Summary(record, "RESUMED"));
        return ExitCodes.Done;
    }

    private async Task PauseThereAsync(EmbeddedStore directory, string executionId, CancellationToken cancellationToken)
    {
        var resume = Invocation.Of("resume", "--execution-id", executionId);
        using (var running = StudyLock.TryTake(directory, executionId))
        {
            if (running is not null)
            {
                var idle = await stores.FindAsync(executionId, cancellationToken);
                output.Say($"no process runs {executionId}, so nothing of it starts; go on with: {resume}", Summary(idle, "IDLE"));
                return;
            }
        }

        var record = await AskAsync(executionId, PauseRequest.Pause, study => study.PausedAt is not null, cancellationToken);
        output.Say(
            record.IsOver
                ? $"{executionId} was over before it could be paused: {record.State}"
                : $"{executionId} is paused; what runs ends at its milestone; go on with: {resume}",
            Summary(record, record.IsOver ? "OVER" : "PAUSED"));
    }

    // A turn of the running study may be quicker than a write; then the next try reads the record anew.
    private async Task<StudyRecord> AskAsync(
        string executionId, PauseRequest request, Func<StudyInstance, bool> isDone, CancellationToken cancellationToken)
    {
        while (true)
        {
            var record = await stores.FindAsync(executionId, cancellationToken);
            var study = StudyDocument.Read(record);
            if (record.IsOver || isDone(study)) return record;

            study.Request = request;
            if (StudyDocument.Next(study) is { } next)
            {
                await stores.Studies.TryReplaceStudyAsync(next, cancellationToken);
            }

            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    private static object Summary(StudyRecord record, string status) => new { record.ExecutionId, status, record.State };
}
