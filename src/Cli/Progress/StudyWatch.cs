using MassTransit;

namespace MacroCausal.Cli.Progress;

/// <summary>Follows the events of one study, tells a view of them, and waits for its end.</summary>
internal sealed class StudyWatch(string executionId, IStudyView view)
{
    private readonly TaskCompletionSource<StudyOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    public Task<StudyOutcome> Outcome => _outcome.Task;

    public void See(DataPrepared prepared) => Tell(prepared.ExecutionId, () => view.Show(prepared));

    public void See(TrialEpochCompleted report) => Tell(report.ExecutionId, () => view.Show(report));

    public void See(TrialFailed failed) => Tell(failed.ExecutionId, () => view.Show(failed));

    public void See(TrainingCompleted completed) => Tell(completed.ExecutionId, () => _outcome.TrySetResult(new StudyOutcome(completed, null)));

    public void See(TrainingFailed failed) => Tell(failed.ExecutionId, () => _outcome.TrySetResult(new StudyOutcome(null, failed)));

    /// <summary>A message could not be consumed by any service, however often it was tried.</summary>
    public void See(Fault fault) => _outcome.TrySetResult(new StudyOutcome(null, new TrainingFailed
    {
        ExecutionId = executionId,
        Reasons = [.. fault.Exceptions.Select(exception => Cause(exception).Message)],
        InvalidInput = false,
    }));

    // MassTransit wraps what a saga's verbs throw; our own exceptions say it better than what lies below them.
    private static ExceptionInfo Cause(ExceptionInfo exception) =>
        exception.InnerException is { } inner && exception.ExceptionType.StartsWith("MassTransit.", StringComparison.Ordinal) ? Cause(inner) : exception;

    private void Tell(string study, Action what)
    {
        if (study == executionId)
        {
            lock (_lock)
            {
                what();
            }
        }
    }
}

/// <summary>How a study ended; one of the two.</summary>
internal sealed record StudyOutcome(TrainingCompleted? Completed, TrainingFailed? Failed);
