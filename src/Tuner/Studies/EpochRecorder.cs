using System.Diagnostics;
using MacroCausal.Storage;
using MassTransit;

namespace MacroCausal.Tuner.Studies;

/// <summary>Stands before the study saga: records every epoch, and lets through only the reports that a study must decide about.</summary>
internal sealed class EpochFilter(Func<EpochRecorder> recorder) : IFilter<ConsumeContext<TrialEpochCompleted>>
{
    public async Task Send(ConsumeContext<TrialEpochCompleted> context, IPipe<ConsumeContext<TrialEpochCompleted>> next)
    {
        var started = Stopwatch.GetTimestamp();
        if (!await recorder().RecordAsync(context.Message, context.CancellationToken))
        {
            await next.Send(context);
            return;
        }

        // What no consumer owns up to would be moved to the queue of skipped messages.
        await context.NotifyConsumed(context, Stopwatch.GetElapsedTime(started), nameof(EpochRecorder));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("epochs");
}

/// <summary>
/// Writes the record of an epoch outside the study's turn, since the order of epochs says nothing: reports of one study are recorded side
/// by side, while the study decides about others.
/// </summary>
internal sealed class EpochRecorder(IStudyStore store, ActiveStudyCache studies, Heartbeats heartbeats, TimeProvider time)
{
    /// <summary>
    /// Records a report of an active study. True where there is nothing else to it; false where the saga must consume it.
    /// </summary>
    public async Task<bool> RecordAsync(TrialEpochCompleted report, CancellationToken cancellationToken)
    {
        var active = studies.Find(report.ExecutionId);
        if (active is null && !await TakesEpochsAsync(report.ExecutionId, cancellationToken)) return false;

        await store.TryAddEpochAsync(Record(report, time.GetUtcNow()), cancellationToken);
        if (active is null || report.Checkpoint is not null) return false;

        await heartbeats.RecordAsync(active, report, cancellationToken);
        return true;
    }

    // While the model is registered too: an epoch may be overtaken by the last one, and the Registry waits for it.
    private async Task<bool> TakesEpochsAsync(string executionId, CancellationToken cancellationToken) =>
        await store.FindStudyAsync(executionId, cancellationToken) is
        {
            State: nameof(StudyStateMachine.Searching) or nameof(StudyStateMachine.WalkingForward) or nameof(StudyStateMachine.Registering)
        };

    private static EpochRecord Record(TrialEpochCompleted report, DateTimeOffset now) => new()
    {
        ExecutionId = report.ExecutionId,
        Trial = report.Trial,
        Epoch = report.Epoch,
        Metrics = report.Metrics,
        Seconds = report.Seconds,
        Runner = report.Runner,
        RecordedAt = now,
    };
}
