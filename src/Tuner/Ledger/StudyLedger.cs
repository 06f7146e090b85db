using MacroCausal.Search.Studies;
using MacroCausal.Storage.Studies;

namespace MacroCausal.Tuner.Ledger;

/// <summary>
/// An active study in memory: the fold of its trial records, the records of the segments that are out, and when each of them was last heard of. Whoever has the
/// study's turn may use all of it; <see cref="Hear"/> is for everyone.
/// </summary>
public sealed class StudyLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Segment> _out = [];
    private DateTimeOffset _lastReport;

    private StudyLedger(StudyPlan plan, Guid stamp, DateTimeOffset now)
    {
        Plan = plan;
        Study = new Study(plan);
        Stamp = stamp;
        _lastReport = now;
    }

    /// <summary>What the search was asked for.</summary>
    public StudyPlan Plan { get; }

    /// <summary>The search's state.</summary>
    public Study Study { get; }

    /// <summary>The <see cref="Studies.StudyInstance.Stamp"/> that this fold is of.</summary>
    public Guid Stamp { get; set; }

    /// <summary>Folds a study from its records. Leases begin anew.</summary>
    public static async Task<StudyLedger> FoldAsync(
        StudySettings settings, Guid stamp, IAsyncEnumerable<TrialRecord> trials, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ledger = new StudyLedger(StudyPlans.Of(settings), stamp, now);
        await foreach (var trial in trials.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ledger.Study.Restore(StudyPlans.Snapshot(ledger.Plan.Space, trial));
            ledger.Track(trial, now);
        }

        return ledger;
    }

    /// <summary>Takes note of a record as it now stands.</summary>
    public void Track(TrialRecord trial, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (trial.Status == Storage.Studies.TrialStatus.Running)
            {
                _out[trial.Trial] = new Segment(trial, now, HasBegun: false);
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
                _out[trial] = segment with { At = now, HasBegun = true };
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
    /// The trials whose segment has been silent for a lease. One that has not begun may still wait in the queue, so it is only late when nobody at all has
    /// reported for as long.
    /// </summary>
    public IReadOnlyList<int> Silent(DateTimeOffset now, TimeSpan lease)
    {
        lock (_gate)
        {
            return [.. _out.Where(pair => now - LastHeard(pair.Value) >= lease).Select(pair => pair.Key).Order()];
        }
    }

    private DateTimeOffset LastHeard(Segment segment) =>
        segment.HasBegun || segment.At > _lastReport ? segment.At : _lastReport;

    private readonly record struct Segment(TrialRecord Trial, DateTimeOffset At, bool HasBegun);
}
