using MacroCausal.Storage;

namespace MacroCausal.TestKit.Stores;

/// <summary>A study store that is another one; what counts, times or fails some calls overrides them.</summary>
public abstract class DelegatingStudyStore(IStudyStore store) : IStudyStore
{
    public virtual Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.FindStudyAsync(executionId, cancellationToken);

    public virtual IAsyncEnumerable<StudyRecord> ListStudiesAsync(CancellationToken cancellationToken = default) =>
        store.ListStudiesAsync(cancellationToken);

    public virtual Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        store.TryAddStudyAsync(study, cancellationToken);

    public virtual Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        store.TryReplaceStudyAsync(study, cancellationToken);

    public virtual Task<bool> TryRemoveStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        store.TryRemoveStudyAsync(study, cancellationToken);

    public virtual Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        store.TryAddTrialAsync(trial, cancellationToken);

    public virtual Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        store.TryReplaceTrialAsync(trial, cancellationToken);

    public virtual Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default) =>
        store.FindTrialAsync(executionId, trial, cancellationToken);

    public virtual IAsyncEnumerable<TrialRecord> ListTrialsAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.ListTrialsAsync(executionId, cancellationToken);

    public virtual Task PutHeartbeatAsync(HeartbeatRecord heartbeat, CancellationToken cancellationToken = default) =>
        store.PutHeartbeatAsync(heartbeat, cancellationToken);

    public virtual Task<HeartbeatRecord?> FindHeartbeatAsync(
        string executionId, int trial, CancellationToken cancellationToken = default) =>
        store.FindHeartbeatAsync(executionId, trial, cancellationToken);

    public virtual Task<bool> TryAddLookAsync(LookRecord look, CancellationToken cancellationToken = default) =>
        store.TryAddLookAsync(look, cancellationToken);

    public virtual Task<bool> TryReplaceLookAsync(LookRecord look, DateTimeOffset dueAt, CancellationToken cancellationToken = default) =>
        store.TryReplaceLookAsync(look, dueAt, cancellationToken);

    public virtual IAsyncEnumerable<LookRecord> ListDueLooksAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        store.ListDueLooksAsync(now, cancellationToken);

    public virtual Task RemoveLookAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.RemoveLookAsync(executionId, cancellationToken);

    public virtual Task<bool> TryAddEpochAsync(EpochRecord epoch, CancellationToken cancellationToken = default) =>
        store.TryAddEpochAsync(epoch, cancellationToken);

    public virtual IAsyncEnumerable<EpochRecord> ListEpochsAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.ListEpochsAsync(executionId, cancellationToken);
}
