using MacroCausal.Storage;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// The leases of one study's running segments. A segment that a runner has begun has one lease from its last report on. One that nobody
/// has begun most likely waits for a runner (a node that starts, an image that is pulled, a queue in front of it): it has
/// <see cref="TunerOptions.LeasesToBegin"/>, counted from the last report of any trial. Every reissue in a row doubles that time. Safe for
/// use by several threads at once.
/// </summary>
public sealed class SegmentLeases(TunerOptions options, DateTimeOffset now)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Segment> _segments = [];
    private DateTimeOffset _lastReport = now;

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
    /// Takes note of a trial's record as it now stands: the lease of a running segment begins, that of every other trial ends.
    /// </summary>
    public void Track(TrialRecord trial, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (trial.Status == TrialStatus.Running)
            {
                _segments[trial.Trial] = new Segment(trial, now, ReissuesOf(trial), HasBegun: false, IsSendUncertain: false);
            }
            else
            {
                _segments.Remove(trial.Trial);
            }
        }
    }

    /// <summary>A trial has reported: its lease begins anew, and what was reissued before no longer counts.</summary>
    public void RecordHeartbeat(int trial, DateTimeOffset now)
    {
        lock (_gate)
        {
            _lastReport = now;
            if (_segments.TryGetValue(trial, out var segment))
            {
                _segments[trial] = new Segment(segment.Trial, now, Reissues: 0, HasBegun: true, IsSendUncertain: false);
            }
        }
    }

    /// <summary>
    /// Nobody knows whether the segment's message was sent before a process died: it has one lease to begin, and its first reissue
    /// counts nowhere.
    /// </summary>
    public void MarkSendUncertain(int trial)
    {
        lock (_gate)
        {
            if (_segments.TryGetValue(trial, out var segment))
            {
                _segments[trial] = segment with { IsSendUncertain = true };
            }
        }
    }

    /// <summary>The segments whose time is over, in ascending order of their trials.</summary>
    public IReadOnlyList<ExpiredLease> ExpiredLeases(DateTimeOffset now)
    {
        lock (_gate)
        {
            return [.. _segments.Values.Where(segment => now - LeaseStart(segment) >= Duration(segment))
                .OrderBy(segment => segment.Trial.Trial)
                .Select(segment => new ExpiredLease(segment.Trial.Trial, segment.Reissues >= options.FreeReissues))];
        }
    }

    private DateTimeOffset LeaseStart(Segment segment) => segment.HasBegun || segment.At > _lastReport ? segment.At : _lastReport;

    private TimeSpan Duration(Segment segment)
    {
        if (segment.IsSendUncertain) return options.Lease;
        var leases = segment.HasBegun ? 1 : options.LeasesToBegin;
        return options.Lease * (leases * Math.Pow(2, Math.Min(segment.Reissues, options.FreeReissues)));
    }

    private int ReissuesOf(TrialRecord trial) =>
        _segments.TryGetValue(trial.Trial, out var before) && before.Trial.ToEpoch == trial.ToEpoch && !before.IsSendUncertain
            ? before.Reissues + 1
            : 0;

    private readonly record struct Segment(TrialRecord Trial, DateTimeOffset At, int Reissues, bool HasBegun, bool IsSendUncertain);
}

/// <summary>A segment of which nothing was heard for too long.</summary>
/// <param name="Trial">Number of its trial.</param>
/// <param name="CountsAsAttempt">
/// Whether it was reissued so often that the segment itself may be the cause, and not a runner that was taken away.
/// </param>
public readonly record struct ExpiredLease(int Trial, bool CountsAsAttempt);
