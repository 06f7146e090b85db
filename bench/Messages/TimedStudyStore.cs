using MacroCausal.Storage;

namespace MacroCausal.Bench.Messages;

/// <summary>A study store with a stopwatch at every call that the Tuner makes while a study runs.</summary>
internal sealed class TimedStudyStore(IStudyStore store, Stopwatches watches) : IStudyStore
{
    public Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: read study", () => store.FindStudyAsync(executionId, cancellationToken));

    public IAsyncEnumerable<StudyRecord> ListStudiesAsync(CancellationToken cancellationToken = default) =>
        store.ListStudiesAsync(cancellationToken);

    public Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write study", () => store.TryAddStudyAsync(study, cancellationToken));

    public Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write study", () => store.TryReplaceStudyAsync(study, cancellationToken));

    public Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write trial", () => store.TryAddTrialAsync(trial, cancellationToken));

    public Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write trial", () => store.TryReplaceTrialAsync(trial, cancellationToken));

    public Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: read trial", () => store.FindTrialAsync(executionId, trial, cancellationToken));

    public IAsyncEnumerable<TrialRecord> ListTrialsAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.ListTrialsAsync(executionId, cancellationToken);

    public Task PutHeartbeatAsync(HeartbeatRecord heartbeat, CancellationToken cancellationToken = default) =>
        store.PutHeartbeatAsync(heartbeat, cancellationToken);

    public Task<HeartbeatRecord?> FindHeartbeatAsync(string executionId, int trial, CancellationToken cancellationToken = default) =>
        store.FindHeartbeatAsync(executionId, trial, cancellationToken);

    public Task<bool> TryAddLookAsync(LookRecord look, CancellationToken cancellationToken = default) =>
        store.TryAddLookAsync(look, cancellationToken);

    public Task<bool> TryReplaceLookAsync(LookRecord look, DateTimeOffset dueAt, CancellationToken cancellationToken = default) =>
        store.TryReplaceLookAsync(look, dueAt, cancellationToken);

    public IAsyncEnumerable<LookRecord> ListDueLooksAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        store.ListDueLooksAsync(now, cancellationToken);

    public Task RemoveLookAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.RemoveLookAsync(executionId, cancellationToken);

    public Task<bool> TryAddEpochAsync(EpochRecord epoch, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write epoch", () => store.TryAddEpochAsync(epoch, cancellationToken));

    public IAsyncEnumerable<EpochRecord> ListEpochsAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.ListEpochsAsync(executionId, cancellationToken);
}
