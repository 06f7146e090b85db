using MacroCausal.Storage;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>Counts what is read of a study's trials.</summary>
internal sealed class CountingStudyStore(IStudyStore store) : IStudyStore
{
    private int _listings;
    private int _trials;

    /// <summary>How often all trials were read.</summary>
    public int Listings => _listings;

    /// <summary>How many single trials were read.</summary>
    public int Trials => _trials;

    public Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.FindStudyAsync(executionId, cancellationToken);

    public IAsyncEnumerable<StudyRecord> ListStudiesAsync(CancellationToken cancellationToken = default) =>
        store.ListStudiesAsync(cancellationToken);

    public Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        store.TryAddStudyAsync(study, cancellationToken);

    public Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        store.TryReplaceStudyAsync(study, cancellationToken);

    public Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        store.TryAddTrialAsync(trial, cancellationToken);

    public Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        store.TryReplaceTrialAsync(trial, cancellationToken);

    public Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _trials);
        return store.FindTrialAsync(executionId, trial, cancellationToken);
    }

    public IAsyncEnumerable<TrialRecord> ListTrialsAsync(string executionId, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _listings);
        return store.ListTrialsAsync(executionId, cancellationToken);
    }

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
        store.TryAddEpochAsync(epoch, cancellationToken);

    public IAsyncEnumerable<EpochRecord> ListEpochsAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.ListEpochsAsync(executionId, cancellationToken);
}
