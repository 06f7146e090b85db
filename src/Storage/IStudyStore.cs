namespace MacroCausal.Storage;

/// <summary>
/// The durable records of studies: one small record a study, one a trial, one a trial's epoch. Every change is a conditional write, so
/// that two Tuners at once cannot both believe that they made it. Throws <see cref="StoreException"/> with a remedy where the store
/// cannot be reached or is of another version.
/// </summary>
public interface IStudyStore
{
    /// <summary>The study's record, or null.</summary>
    Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default);

    /// <summary>All studies, latest start first.</summary>
    IAsyncEnumerable<StudyRecord> ListStudiesAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds a study. False where there is one of that execution id already.</summary>
    Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default);

    /// <summary>Replaces the record whose version is one below <paramref name="study"/>'s. False where it has another version.</summary>
    Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes a study that is over, with every trial, epoch and heartbeat of it. False where its record has another version, or is gone.
    /// Its own record is the last that goes, so one that was interrupted can be removed again.
    /// </summary>
    Task<bool> TryRemoveStudyAsync(StudyRecord study, CancellationToken cancellationToken = default);

    /// <summary>Adds a trial. False where the study has one of that number already.</summary>
    Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default);

    /// <summary>Replaces the record whose version is one below <paramref name="trial"/>'s. False where it has another version.</summary>
    Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default);

    /// <summary>The trial of that number, or null.</summary>
    Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default);

    /// <summary>The trials of a study, by number.</summary>
    IAsyncEnumerable<TrialRecord> ListTrialsAsync(string executionId, CancellationToken cancellationToken = default);

    /// <summary>Replaces a trial's heartbeat, whatever it was.</summary>
    Task PutHeartbeatAsync(HeartbeatRecord heartbeat, CancellationToken cancellationToken = default);

    /// <summary>The heartbeat of a trial, or null.</summary>
    Task<HeartbeatRecord?> FindHeartbeatAsync(string executionId, int trial, CancellationToken cancellationToken = default);

    /// <summary>Has a study looked after from now on. False where it is already.</summary>
    Task<bool> TryAddLookAsync(LookRecord look, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces the look that was due at <paramref name="dueAt"/>. False where it is due at another time, or there is none.
    /// </summary>
    Task<bool> TryReplaceLookAsync(LookRecord look, DateTimeOffset dueAt, CancellationToken cancellationToken = default);

    /// <summary>The looks that are due, earliest first; one that was replaced a moment ago may be among them as it was.</summary>
    IAsyncEnumerable<LookRecord> ListDueLooksAsync(DateTimeOffset now, CancellationToken cancellationToken = default);

    /// <summary>Has a study looked after no longer.</summary>
    Task RemoveLookAsync(string executionId, CancellationToken cancellationToken = default);

    /// <summary>Adds an epoch's report. False where it is there already; the first one stays.</summary>
    Task<bool> TryAddEpochAsync(EpochRecord epoch, CancellationToken cancellationToken = default);

    /// <summary>The epochs of a study, by trial, then epoch.</summary>
    IAsyncEnumerable<EpochRecord> ListEpochsAsync(string executionId, CancellationToken cancellationToken = default);

    /// <summary>The epochs of one trial of a study, in order.</summary>
    IAsyncEnumerable<EpochRecord> ListEpochsAsync(string executionId, int trial, CancellationToken cancellationToken = default) =>
        ListEpochsAsync(executionId, cancellationToken).Where(epoch => epoch.Trial == trial);
}

/// <summary>A store of records could not be read or written. The message names it and says what to do.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Where the cause lies; <see cref="FailureCause.Content"/> where nobody but a person can change it.</summary>
    public FailureCause Cause { get; init; }

    /// <summary>One with a message.</summary>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>One with a message and what led to it.</summary>
    public StoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
