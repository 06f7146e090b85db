using MacroCausal.Storage;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// The leases of one study's running segments. A segment that a runner has begun has one lease from its last report on. One that nobody
/// has begun most likely waits for a runner (a node that starts, an image that is pulled, a queue in front of it): it has
/// <see cref="TunerOptions.LeasesToBegin"/>, counted from the last report of any trial. Every reissue in a row doubles that time. All of it
/// follows from the trials' records and heartbeats, so that every Tuner comes to the same. Safe for use by several threads at once.
/// </summary>
public sealed class SegmentLeases(TunerOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Segment> _segments = [];
    private DateTimeOffset _lastReport = DateTimeOffset.MinValue;
    private DateTimeOffset _lastBegun = DateTimeOffset.MinValue;

    /// <summary>How often a trial's heartbeat is recorded, at most: eight times a lease.</summary>
    public TimeSpan HeartbeatEvery => options.Lease / 8;

    /// <summary>The trials whose segment runs, in ascending order.</summary>
    public IReadOnlyList<int> RunningSegments
    {
        get
        {
            lock (_gate)
            {
                return [.. _segments.Keys.Order()];
            }
        }
    }

    /// <summary>The record of a trial whose segment runs, as this process knows it; null for every other trial.</summary>
    public TrialRecord? Find(int trial)
    {
        lock (_gate)
        {
            return _segments.TryGetValue(trial, out var segment) ? segment.Trial : null;
        }
    }

    /// <summary>
    /// Takes note of a trial's record as it now stands: the lease of a running segment begins when it was issued, that of every other trial
    /// ends.
    /// </summary>
    public void Track(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        lock (_gate)
        {
            // What is issued for the first time follows a report, or the study's start.
            if (trial.Reissues == 0)
            {
                _lastReport = Latest(_lastReport, trial.IssuedAt);
            }

            if (trial.Status != TrialStatus.Running)
            {
                _segments.Remove(trial.Trial);
                return;
            }

            var before = _segments.GetValueOrDefault(trial.Trial);
            _segments[trial.Trial] = new Segment(trial, before.HeardAt, before.RecordedAt);
        }
    }

    /// <summary>
    /// A trial has reported to this process. True where that is to be recorded for the others, see <see cref="HeartbeatEvery"/>.
    /// </summary>
    public bool RecordHeartbeat(int trial, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (Hear(trial, now) is not { } segment) return false;
            if (segment.RecordedAt > segment.Trial.IssuedAt && now - segment.RecordedAt < HeartbeatEvery) return false;
            _segments[trial] = segment with { RecordedAt = now };
            return true;
        }
    }

    /// <summary>
    /// A trial's heartbeat as it is on record. The trial may have reported since without another being recorded: until
    /// <see cref="HeartbeatEvery"/> later.
    /// </summary>
    public void TrackHeartbeat(HeartbeatRecord heartbeat, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        lock (_gate)
        {
            var until = heartbeat.At + HeartbeatEvery;
            if (_segments.TryGetValue(heartbeat.Trial, out var known) && heartbeat.At > known.Trial.IssuedAt
                && Hear(heartbeat.Trial, until < now ? until : Latest(now, heartbeat.At)) is { } segment)
            {
                _segments[heartbeat.Trial] = segment with { RecordedAt = Latest(segment.RecordedAt ?? heartbeat.At, heartbeat.At) };
            }
            else
            {
                _lastReport = Latest(_lastReport, heartbeat.At);
            }
        }
    }

    /// <summary>The segments whose time is over, in ascending order of their trials.</summary>
    /// <param name="now">The time.</param>
    /// <param name="unsent">
    /// Trials whose segment nobody knows to have been sent, because a process died or a queue could not be reached: where nobody has begun
    /// it, it has one lease, and its reissue is the first.
    /// </param>
    public IReadOnlyList<ExpiredLease> ExpiredLeases(DateTimeOffset now, IReadOnlyCollection<int> unsent)
    {
        lock (_gate)
        {
            return [.. _segments.Values.Where(segment => IsExpired(segment, now, unsent)).OrderBy(segment => segment.Trial.Trial)
                .Select(segment => Expired(segment, unsent))];
        }
    }

    private Segment? Hear(int trial, DateTimeOffset now)
    {
        _lastReport = Latest(_lastReport, now);
        if (!_segments.TryGetValue(trial, out var segment)) return null;
        if (now > segment.Trial.IssuedAt)
        {
            _lastBegun = Latest(_lastBegun, segment.Trial.IssuedAt);
        }

        return _segments[trial] = segment with { HeardAt = Latest(segment.HeardAt ?? now, now) };
    }

    private bool IsExpired(Segment segment, DateTimeOffset now, IReadOnlyCollection<int> unsent)
    {
        if (segment.HasBegun) return now - segment.HeardAt >= options.Lease;
        var issued = segment.Trial.IssuedAt;
        if (unsent.Contains(segment.Trial.Trial)) return now - issued >= options.Lease;

        // Where segments are begun that were issued so much later, it does not wait in a queue: its message is lost.
        var patience = options.Lease * (options.LeasesToBegin * Math.Pow(2, Math.Min(segment.Trial.Reissues, options.FreeReissues)));
        return now - Latest(issued, _lastReport) >= patience || _lastBegun - issued >= patience;
    }

    private ExpiredLease Expired(Segment segment, IReadOnlyCollection<int> unsent)
    {
        if (segment.HasBegun) return new ExpiredLease(segment.Trial.Trial, 1, options.FreeReissues == 0);
        if (unsent.Contains(segment.Trial.Trial)) return new ExpiredLease(segment.Trial.Trial, 0, CountsAsAttempt: false);
        var before = segment.Trial.Reissues;
        return new ExpiredLease(segment.Trial.Trial, before + 1, before >= options.FreeReissues);
    }

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <param name="Trial">The record.</param>
    /// <param name="HeardAt">The trial's last report, of this segment or one before.</param>
    /// <param name="RecordedAt">The last heartbeat that is on record.</param>
    private readonly record struct Segment(TrialRecord Trial, DateTimeOffset? HeardAt, DateTimeOffset? RecordedAt)
    {
        public bool HasBegun => HeardAt > Trial.IssuedAt;
    }
}

/// <summary>A segment of which nothing was heard for too long.</summary>
/// <param name="Trial">Number of its trial.</param>
/// <param name="Reissues">How often it was reissued in a row once it is reissued now, from 0.</param>
/// <param name="CountsAsAttempt">
/// Whether it was reissued so often that the segment itself may be the cause, and not a runner that was taken away.
/// </param>
public readonly record struct ExpiredLease(int Trial, int Reissues, bool CountsAsAttempt);
