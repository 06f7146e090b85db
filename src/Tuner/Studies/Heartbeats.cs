using MacroCausal.Storage;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// Whether the segments of a study are alive, whichever Tuner their runners report to. A heartbeat is known to this process at once, and
/// recorded now and then for the others; they read it before they take a segment for silent.
/// </summary>
internal sealed class Heartbeats(IStudyStore store, TimeProvider time)
{
    private const int MaxConcurrentReads = 32;

    /// <summary>A trial has reported an epoch.</summary>
    public async Task RecordAsync(ActiveStudy active, TrialEpochCompleted report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (active.Leases.RecordHeartbeat(report.Trial, now) && report.Checkpoint is null)
        {
            await store.PutHeartbeatAsync(new HeartbeatRecord(report.ExecutionId, report.Trial, now), cancellationToken);
        }
    }

    /// <summary>The segments whose lease has expired. Nothing is read where none has, as far as this process has heard.</summary>
    public async Task<IReadOnlyList<ExpiredLease>> ExpiredLeasesAsync(
        StudyInstance study, ActiveStudy active, CancellationToken cancellationToken)
    {
        var expired = active.Leases.ExpiredLeases(time.GetUtcNow(), study.Unsent);
        if (expired.Count == 0) return [];

        // Of all that run: one that waits for a runner waits on while any other is trained.
        foreach (var trials in active.Leases.RunningSegments.Chunk(MaxConcurrentReads))
        {
            var heartbeats = await Task.WhenAll(
                trials.Select(trial => store.FindHeartbeatAsync(study.Settings.ExecutionId, trial, cancellationToken)));
            foreach (var heartbeat in heartbeats.OfType<HeartbeatRecord>())
            {
                active.Leases.TrackHeartbeat(heartbeat, time.GetUtcNow());
            }
        }

        return active.Leases.ExpiredLeases(time.GetUtcNow(), study.Unsent);
    }
}
