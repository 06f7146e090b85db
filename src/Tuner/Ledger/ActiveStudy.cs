using MacroCausal.Search.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Tuner.Ledger;

/// <summary>
/// An active study in memory: the fold of its trial records, the records of the segments that are out, and when each of them was last heard of. Whoever has the
/// study's turn may use all of it; <see cref="Hear"/> is for everyone.
/// </summary>
public sealed class ActiveStudy
{
    // A segment that nobody has begun most likely waits for a runner: a node that starts, an image that is pulled, a queue in front of it.
    private const int LeasesToBegin = 4;
    private const int MostSilences = 6;

    // After a fold nobody knows whether the segment's message was sent before the process died: one lease, not four.
    private const int SilencesAfterFold = -2;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Segment> _out = [];
    private DateTimeOffset _lastReport;

    private ActiveStudy(SearchOptions plan, Guid stamp, DateTimeOffset now)
    {
        Plan = plan;
        Study = new Study(plan);
        Stamp = stamp;
        _lastReport = now;
    }

    /// <summary>What the search was asked for.</summary>
    public SearchOptions Plan { get; }

    /// <summary>The search's state.</summary>
    public Study Study { get; }

    /// <summary>The <see cref="Studies.StudyInstance.Stamp"/> that this fold is of.</summary>
    public Guid Stamp { get; set; }

    /// <summary>Folds a study from its records. Leases begin anew.</summary>
    public static async Task<ActiveStudy> FoldAsync(
        StudySettings settings, Guid stamp, IAsyncEnumerable<TrialRecord> trials, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ledger = new ActiveStudy(SearchMapping.Of(settings), stamp, now);
        await foreach (var trial in trials.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ledger.Study.Restore(SearchMapping.Snapshot(ledger.Plan.Space, trial));
            ledger.Track(trial, now);
            ledger.DoubtSending(trial.Trial);
        }

        return ledger;
    }

    /// <summary>Takes note of a record as it now stands.</summary>
    public void Track(TrialRecord trial, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (trial.Status == TrialStatus.Running)
            {
                _out[trial.Trial] = new Segment(trial, now, HasBegun: false, SilencesBefore(trial));
            }
            else
            {
                _out.Remove(trial.Trial);
            }
        }
    }

    /// <summary>A trial has reported: its lease begins anew.</summary>
    public void Hear(int trial, DateTimeOffset now)
    {
        lock (_gate)
        {
            _lastReport = now;
            if (_out.TryGetValue(trial, out var segment))
            {
                _out[trial] = segment with { At = now, HasBegun = true, Silences = 0 };
            }
        }
    }

    /// <summary>The trials with a segment out.</summary>
    public IReadOnlyList<int> Out
    {
        get
        {
            lock (_gate)
            {
                return [.. _out.Keys.Order()];
            }
        }
    }

    /// <summary>The record of a trial with a segment out, as this process knows it; none for every other trial.</summary>
    public TrialRecord? Find(int trial)
    {
        lock (_gate)
        {
            return _out.TryGetValue(trial, out var segment) ? segment.Trial : null;
        }
    }

    /// <summary>
    /// The trials whose segment has been silent for too long: for a lease where it has begun; for four, in which nobody at all has reported, where it has not. Every silence after which
    /// it was issued again doubles that, and counts as an attempt only when there were six in a row: a runner that was taken away, or has not come yet, is no fault of the trial's.
    /// </summary>
    public IReadOnlyList<SilentSegment> Silent(DateTimeOffset now, TimeSpan lease)
    {
        lock (_gate)
        {
            return [.. _out.Where(pair => now - LastHeard(pair.Value) >= Patience(pair.Value, lease))
                .OrderBy(pair => pair.Key)
                .Select(pair => new SilentSegment(pair.Key, pair.Value.Silences >= MostSilences))];
        }
    }

    private static TimeSpan Patience(Segment segment, TimeSpan lease) =>
        lease * Math.Max(1, (segment.HasBegun ? 1 : LeasesToBegin) * Math.Pow(2, Math.Min(segment.Silences, MostSilences)));

    private DateTimeOffset LastHeard(Segment segment) =>
        segment.HasBegun || segment.At > _lastReport ? segment.At : _lastReport;

    private int SilencesBefore(TrialRecord trial) =>
        _out.TryGetValue(trial.Trial, out var segment) && segment.Trial.ToEpoch == trial.ToEpoch && segment.Silences >= 0 ? segment.Silences + 1 : 0;

    private void DoubtSending(int trial)
    {
        if (_out.TryGetValue(trial, out var segment))
        {
            _out[trial] = segment with { Silences = SilencesAfterFold };
        }
    }

    private readonly record struct Segment(TrialRecord Trial, DateTimeOffset At, bool HasBegun, int Silences);
}
