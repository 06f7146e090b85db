using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;
using MassTransit;

namespace MacroCausal.Cli.Progress;

/// <summary>Follows the events of one study, tells a view of them, and waits for its end.</summary>
internal sealed class StudyWatch(string executionId, IStudyView view)
{
    private readonly TaskCompletionSource<StudyOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    public Task<StudyOutcome> Outcome => _outcome.Task;

    public void Record(DataPrepared prepared) => IfOurs(prepared.ExecutionId, () => view.Show(prepared));

    public void Record(TrialEpochCompleted report) => IfOurs(report.ExecutionId, () => view.Show(report));

    public void Record(TrialFailed failed) => IfOurs(failed.ExecutionId, () => view.Show(failed));

    public void Record(FoldEnded ended) => IfOurs(ended.ExecutionId, () => view.Show(ended));

    public void Record(TrainingCompleted completed) =>
        IfOurs(completed.ExecutionId, () => _outcome.TrySetResult(new StudyOutcome(completed, null)));

    public void Record(TrainingFailed failed) => IfOurs(failed.ExecutionId, () => _outcome.TrySetResult(new StudyOutcome(null, failed)));

    /// <summary>A message could not be consumed by any service, however often it was tried.</summary>
    public void Record(Fault fault) => _outcome.TrySetResult(new StudyOutcome(null, new TrainingFailed
    {
        ExecutionId = executionId,
        Reasons = [.. fault.Exceptions.Select(exception => Cause(exception).Message)],
        InvalidInput = false,
    }));

    // MassTransit wraps what a saga's activities throw; our own exceptions say it better than what lies below them.
    private static ExceptionInfo Cause(ExceptionInfo exception) =>
        exception.InnerException is { } inner && exception.ExceptionType.StartsWith("MassTransit.", StringComparison.Ordinal)
            ? Cause(inner)
            : exception;

    private void IfOurs(string study, Action act)
    {
        if (study == executionId)
        {
            lock (_lock)
            {
                act();
            }
        }
    }
}

/// <summary>How a study ended; one of the two.</summary>
internal sealed record StudyOutcome(TrainingCompleted? Completed, TrainingFailed? Failed)
{
    /// <summary>How the study of a record ended; null where it has not.</summary>
    public static StudyOutcome? Of(StudyRecord record) => !record.IsOver ? null : StudyDocument.Read(record) switch
    {
        { CurrentState: nameof(StudyStateMachine.Completed), Completed: { } completed } => new StudyOutcome(completed, null),
        { CurrentState: nameof(StudyStateMachine.Failed), Failed: { } failed } => new StudyOutcome(null, failed),
        _ => null,
    };
}

/// <summary>Brings a study's events to the <see cref="StudyWatch"/> of this process.</summary>
internal sealed class StudyWatchConsumer(StudyWatch watch) :
    IConsumer<DataPrepared>,
    IConsumer<TrialEpochCompleted>,
    IConsumer<TrialFailed>,
    IConsumer<FoldEnded>,
    IConsumer<TrainingCompleted>,
    IConsumer<TrainingFailed>
{
    public Task Consume(ConsumeContext<DataPrepared> context) => RecordAsync(() => watch.Record(context.Message));

    public Task Consume(ConsumeContext<TrialEpochCompleted> context) => RecordAsync(() => watch.Record(context.Message));

    public Task Consume(ConsumeContext<TrialFailed> context) => RecordAsync(() => watch.Record(context.Message));

    public Task Consume(ConsumeContext<FoldEnded> context) => RecordAsync(() => watch.Record(context.Message));

    public Task Consume(ConsumeContext<TrainingCompleted> context) => RecordAsync(() => watch.Record(context.Message));

    public Task Consume(ConsumeContext<TrainingFailed> context) => RecordAsync(() => watch.Record(context.Message));

    private static Task RecordAsync(Action record)
    {
        record();
        return Task.CompletedTask;
    }
}

/// <summary>The watcher's endpoint: of this process alone, gone with it, events in the order in which they come.</summary>
internal sealed class StudyWatchDefinition : ConsumerDefinition<StudyWatchConsumer>
{
    public StudyWatchDefinition()
    {
        Endpoint(endpoint =>
        {
            endpoint.Temporary = true;
            endpoint.InstanceId = Guid.NewGuid().ToString("N");
        });
        ConcurrentMessageLimit = 1;
    }
}

/// <summary>
/// Ends the watch of the one study of this process where a message could not be consumed by any service, however often it was tried.
/// Only for one process: in a cluster a fault may be another study's.
/// </summary>
internal sealed class FaultConsumer(StudyWatch watch) : IConsumer<Fault>
{
    public Task Consume(ConsumeContext<Fault> context)
    {
        watch.Record(context.Message);
        return Task.CompletedTask;
    }
}
