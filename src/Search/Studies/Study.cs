using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;

namespace MacroCausal.Search.Studies;

/// <summary>
/// A study in memory: a fold over what its trials reported, and the decisions that follow. Pure: what it decides is a function of the plan and of the trials' state, whatever the
/// order of events that led there; folded again from the trials' records, it decides the same. Ask <see cref="Next"/>, make the decision durable, <see cref="Apply"/> it, until it
/// answers <see cref="Wait"/> or <see cref="Finish"/>. Not safe for use by several threads at once.
/// </summary>
public sealed class Study
{
    private readonly SearchOptions _plan;
    private readonly IScheduler _scheduler;
    private readonly ISampler _sampler;
    private readonly History _history;
    private readonly TrialTable _trials = new();
    private long _epochsOut;

    /// <summary>A study without trials; throws <see cref="ArgumentException"/> where the plan is impossible.</summary>
    public Study(SearchOptions plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        plan.Check();
        _plan = plan;
        _scheduler = plan.CreateScheduler();
        _sampler = plan.CreateSampler();
        _history = new History(plan.Space);
    }

    /// <summary>Segments that run.</summary>
    public int Running { get; private set; }

    /// <summary>Trials that were started, whatever became of them.</summary>
    public int Trials => _trials.Count;

    /// <summary>Trials that count as failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Epochs that all trials have reported.</summary>
    public long EpochsDone { get; private set; }

    /// <summary>The best checkpoint so far; none where no loss was finite.</summary>
    public BestTrial? Best { get; private set; }

    /// <summary>Where trials are compared.</summary>
    public Milestones Milestones => _scheduler.Milestones;

    /// <summary>What every rung holds, first milestone first.</summary>
    public IReadOnlyList<RungOverview> Rungs => _scheduler.Rungs;

    /// <summary>Whether nothing runs and nothing can start.</summary>
    public bool IsOver => Running == 0 && (IsSpent || (_scheduler.Judge() is null && Trials >= _plan.Trials));

    private bool IsSpent => EpochsDone + _epochsOut >= _plan.EpochBudget || Best?.Loss <= _plan.TargetLoss;

    /// <summary>How far a trial has come; null where there is none of this number.</summary>
    public TrialProgress? Find(int trial) => _trials.Find(trial);

    /// <summary>Folds a trial's record in; the order of trials does not matter. Throws <see cref="ArgumentException"/> where the trial is there already or its epochs are not of this plan.</summary>
    public void Restore(TrialSnapshot trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (Find(trial.Trial) is not null) throw new ArgumentException($"Trial {trial.Trial} is in the study already; fold all records into a new study instead.", nameof(trial));
        if (Milestones[Milestones.RungAt(trial.ToEpoch)] != trial.ToEpoch)
            throw new ArgumentException($"Trial {trial.Trial} runs to epoch {trial.ToEpoch}, which is no milestone of {string.Join(", ", Milestones)}; was it stored with other settings?", nameof(trial));
        _history.Add(trial.Trial, trial.Configuration);
        Move(trial.Trial, new TrialProgress(trial.Status, trial.Epoch, trial.ToEpoch, trial.BestEpoch));
        foreach (var (epoch, loss) in trial.Milestones.OrderBy(milestone => milestone.Epoch)) Record(trial.Trial, Milestones.RungAt(epoch), loss);
        if (trial.Status == TrialStatus.Failed) _history.Fail(trial.Trial);
    }

    /// <summary>
    /// A trial's segment has ended, at its milestone or early, with the lowest loss of the trial so far (none where none was finite) and its epoch. False, and nothing changed, where the trial is unknown,
    /// no segment of it runs, or the epoch is not one that the segment can end at: a report that is repeated, late or out of order. The late result of a failed trial is taken.
    /// </summary>
    public bool Report(int trial, int epoch, double? bestLoss, int bestEpoch, bool endedEarly)
    {
        if (Find(trial) is not { Status: TrialStatus.Running or TrialStatus.Failed } before) return false;
        if (epoch <= before.Epoch || epoch > before.ToEpoch || (epoch < before.ToEpoch && !endedEarly)) return false;
        var status = endedEarly || epoch == Milestones.Last ? TrialStatus.Completed : TrialStatus.Paused;
        Move(trial, before with { Status = status, Epoch = epoch, BestEpoch = bestEpoch });
        Record(trial, Milestones.RungAt(before.ToEpoch), bestLoss);
        return true;
    }

    /// <summary>A trial's segment cannot be trained. False, and nothing changed, where no segment of it runs.</summary>
    public bool Fail(int trial)
    {
        if (Find(trial) is not { Status: TrialStatus.Running } before) return false;
        Move(trial, before with { Status = TrialStatus.Failed });
        _history.Fail(trial);
        return true;
    }

    /// <summary>
    /// What the study wants next; changes nothing. Trials that wait at a milestone come before new ones. <paramref name="closed"/> says that a budget which the study does not know, such as time, is
    /// spent: nothing starts any more.
    /// </summary>
    public Decision Next(bool closed = false)
    {
        if (closed || IsSpent) return Idle();
        var verdict = _scheduler.Judge();
        if (verdict is { Continues: false } stopped) return new StopTrial(stopped.Trial, Milestones[stopped.Rung]);
        if (Running >= _plan.Parallelism) return new Wait();
        if (verdict is { } promoted) return new ContinueTrial(promoted.Trial, Milestones[promoted.Rung], Milestones[promoted.Rung + 1]);
        return Trials < _plan.Trials ? Start(_trials.NextFree) : Idle();
    }

    /// <summary>The decision was made durable. Throws <see cref="InvalidOperationException"/> where the trial is not in the state that the decision was made for.</summary>
    public void Apply(Decision decision)
    {
        switch (decision)
        {
            case StartTrial start:
                if (Find(start.Trial) is not null) throw new InvalidOperationException($"Trial {start.Trial} was started before; ask for the next decision.");
                _history.Add(start.Trial, start.Configuration);
                Move(start.Trial, new TrialProgress(TrialStatus.Running, 0, start.ToEpoch, 0));
                break;
            case ContinueTrial next:
                var waiting = Waiting(next.Trial, next.FromEpoch);
                _scheduler.Apply(new RungDecision(next.Trial, Milestones.RungAt(next.FromEpoch), Continues: true));
                Move(next.Trial, waiting with { Status = TrialStatus.Running, ToEpoch = next.ToEpoch });
                break;
            case StopTrial stop:
                var ended = Waiting(stop.Trial, stop.Epoch);
                _scheduler.Apply(new RungDecision(stop.Trial, Milestones.RungAt(stop.Epoch), Continues: false));
                Move(stop.Trial, ended with { Status = TrialStatus.Stopped });
                break;
        }
    }

    private Decision Idle() => Running > 0 ? new Wait() : new Finish();

    private StartTrial Start(int trial)
    {
        var seed = TrialSeed.Of(_plan.Seed, trial);
        return new StartTrial(trial, seed, _sampler.Sample(_history, unchecked((ulong)seed)), Milestones[0]);
    }

    private TrialProgress Waiting(int trial, int epoch) =>
        Find(trial) is { Status: TrialStatus.Paused } progress && progress.Epoch == epoch
            ? progress
            : throw new InvalidOperationException($"Trial {trial} does not wait at epoch {epoch}; ask for the next decision.");

    private void Move(int trial, TrialProgress after)
    {
        if (Find(trial) is { } before) Count(before, -1);
        Count(after, +1);
        _trials.Set(trial, after);
    }

    private void Count(TrialProgress progress, int sign)
    {
        EpochsDone += sign * progress.Epoch;
        if (progress.Status == TrialStatus.Failed) Failed += sign;
        if (progress.Status != TrialStatus.Running) return;
        Running += sign;
        _epochsOut += sign * (progress.ToEpoch - progress.Epoch);
    }

    private void Record(int trial, int rung, double? loss)
    {
        var progress = Find(trial)!.Value;
        _scheduler.Record(trial, rung, loss, FateAt(Milestones[rung], progress));
        _history.Observe(trial, progress.Status == TrialStatus.Completed ? History.Finished : rung, loss);
        if (loss is not { } value || !double.IsFinite(value)) return;
        var best = new BestTrial(trial, progress.BestEpoch, value);
        if (best.IsBetterThan(Best)) Best = best;
    }

    private static RungStatus FateAt(int milestone, TrialProgress progress) =>
        progress.ToEpoch > milestone ? RungStatus.Continued : progress.Status == TrialStatus.Paused ? RungStatus.Waits : RungStatus.Ended;
}
