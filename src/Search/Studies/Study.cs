using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;

namespace MacroCausal.Search.Studies;

/// <summary>
/// A study in memory: a fold over what its trials reported, and the decisions that follow. Pure: what it decides is a function of the
/// options and of the trials' state, whatever the order of events that led there; folded again from the trials' records, it decides the
/// same. Call
/// <see cref="Next"/>, make the decision durable, <see cref="Apply"/> it, until the decision is <see cref="Wait"/> or <see cref="Finish"/>.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class Study
{
    private readonly SearchOptions _options;
    private readonly IScheduler _scheduler;
    private readonly ISampler _sampler;
    private readonly History _history;
    private readonly TrialTable _trials = new();
    private long _runningEpochs;

    /// <summary>
    /// A study without trials; throws <see cref="ArgumentException"/> where an option is out of range or a name is unknown.
    /// </summary>
    public Study(SearchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _scheduler = options.CreateScheduler();
        _sampler = options.CreateSampler();
        _history = new History(options.Space);
    }

    /// <summary>Number of segments that run.</summary>
    public int Running { get; private set; }

    /// <summary>Number of trials that were started, in any state.</summary>
    public int Trials => _trials.Count;

    /// <summary>Number of trials that count as failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Epochs that all trials have reported.</summary>
    public long EpochsDone { get; private set; }

    /// <summary>The best checkpoint so far; none where no loss was finite.</summary>
    public BestTrial? Best { get; private set; }

    /// <summary>Where trials are compared.</summary>
    public Milestones Milestones => _scheduler.Milestones;

    /// <summary>What every rung holds, first milestone first.</summary>
    public IReadOnlyList<RungOverview> Rungs => _scheduler.Rungs;

    /// <summary>Whether nothing runs and nothing can start any more.</summary>
    public bool IsOver => Running == 0 && (IsSpent || (_scheduler.FindDecision() is null && Trials >= _options.Trials));

    /// <summary>Whether the budget of epochs is spent, or the target loss reached: nothing starts any more.</summary>
    public bool IsSpent => EpochsDone + _runningEpochs >= _options.EpochBudget || HasReachedTarget;

    /// <summary>Whether the target loss is reached; what runs is of no use any more.</summary>
    public bool HasReachedTarget => Best?.Loss <= _options.TargetLoss;

    /// <summary>How far a trial has come; null where there is none of this number.</summary>
    public TrialProgress? Find(int trial) => _trials.Find(trial);

    /// <summary>
    /// Folds a trial's record in; the order of trials does not matter. Throws <see cref="ArgumentException"/> where the trial is there
    /// already or its epochs are not of these options.
    /// </summary>
    public void Restore(TrialSnapshot trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (Find(trial.Trial) is not null)
        {
            throw new ArgumentException(
                $"Trial {trial.Trial} is in the study already; fold all records into a new study instead.", nameof(trial));
        }

        if (Milestones[Milestones.RungAt(trial.ToEpoch)] != trial.ToEpoch)
        {
            throw new ArgumentException(
                $"Trial {trial.Trial} runs to epoch {trial.ToEpoch}, which is no milestone of "
                + $"{string.Join(", ", Milestones)}; was it stored with other settings?",
                nameof(trial));
        }

        _history.Add(trial.Trial, trial.Configuration);
        SetProgress(trial.Trial, new TrialProgress(trial.Status, trial.Epoch, trial.ToEpoch, trial.BestEpoch));
        foreach (var (epoch, loss) in trial.Milestones.OrderBy(milestone => milestone.Epoch))
        {
            Record(trial.Trial, Milestones.RungAt(epoch), loss);
        }

        if (trial.Status == TrialStatus.Failed)
        {
            _history.Fail(trial.Trial);
        }
    }

    /// <summary>
    /// Brings a trial up to its record: folds in one that is new, and takes every step that one here has made since. The same record again
    /// changes nothing. Throws <see cref="ArgumentException"/> or <see cref="InvalidOperationException"/> where no steps lead there.
    /// </summary>
    public void Update(TrialSnapshot trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (Find(trial.Trial) is not { } known)
        {
            Restore(trial);
            return;
        }

        foreach (var (milestone, loss) in trial.Milestones.Where(reached => reached.Epoch > ReachedMilestone(known)))
        {
            ContinueTo(trial.Trial, milestone);
            var isLast = milestone == trial.ToEpoch && trial.Epoch > known.Epoch;
            var epoch = isLast ? trial.Epoch : milestone;
            var endedEarly = isLast && trial.Status == TrialStatus.Completed && epoch < Milestones.Last;
            Require(Report(trial.Trial, epoch, loss, trial.BestEpoch, endedEarly), trial);
        }

        ContinueTo(trial.Trial, trial.ToEpoch);
        switch (Find(trial.Trial)!.Value.Status, trial.Status)
        {
            case (TrialStatus.Paused, TrialStatus.Stopped):
                Apply(new StopTrial(trial.Trial, trial.Epoch));
                break;
            case (TrialStatus.Running, TrialStatus.Failed):
                Fail(trial.Trial);
                break;
            case (TrialStatus.Failed, TrialStatus.Running):
                Retry(trial);
                break;
        }

        var now = Find(trial.Trial)!.Value;
        Require((now.Status, now.Epoch, now.ToEpoch) == (trial.Status, trial.Epoch, trial.ToEpoch), trial);
    }

    /// <summary>
    /// A trial's segment has ended, at its milestone or early, with the lowest loss of the trial so far (none where none was finite) and
    /// its epoch. False, and nothing changed, where the trial is unknown, no segment of it runs, or the epoch is not one that the segment
    /// can end at: a report that is repeated, late or out of order. The late result of a failed trial is accepted.
    /// </summary>
    public bool Report(int trial, int epoch, double? bestLoss, int bestEpoch, bool endedEarly)
    {
        if (Find(trial) is not { Status: TrialStatus.Running or TrialStatus.Failed } before) return false;
        if (epoch <= before.Epoch || epoch > before.ToEpoch || (epoch < before.ToEpoch && !endedEarly)) return false;
        var status = endedEarly || epoch == Milestones.Last ? TrialStatus.Completed : TrialStatus.Paused;
        SetProgress(trial, before with { Status = status, Epoch = epoch, BestEpoch = bestEpoch });
        Record(trial, Milestones.RungAt(before.ToEpoch), bestLoss);
        return true;
    }

    /// <summary>A trial's segment cannot be trained. False, and nothing changed, where no segment of it runs.</summary>
    public bool Fail(int trial)
    {
        if (Find(trial) is not { Status: TrialStatus.Running } before) return false;
        SetProgress(trial, before with { Status = TrialStatus.Failed });
        _history.Fail(trial);
        return true;
    }

    /// <summary>The first failed trial of this number or a later one; null where there is none.</summary>
    public int? FindFailed(int from)
    {
        for (var trial = from; trial < _history.End; trial++)
        {
            if (Find(trial) is { Status: TrialStatus.Failed }) return trial;
        }

        return null;
    }

    /// <summary>
    /// What to do next; changes nothing. Trials that wait at a milestone come before new ones. <paramref name="closed"/> says that a budget
    /// which the study does not know, such as time, is spent: nothing starts any more; <paramref name="maxRunning"/> that no more segments
    /// than these may run, besides the study's own limit.
    /// </summary>
    public Decision Next(bool closed = false, int maxRunning = int.MaxValue)
    {
        if (closed || IsSpent) return Idle();
        var decision = _scheduler.FindDecision();
        if (decision is { IsPromotion: false } stopped) return new StopTrial(stopped.Trial, Milestones[stopped.Rung]);
        if (Running >= Math.Min(_options.Parallelism, maxRunning)) return new Wait();
        if (decision is { } promoted) return new ContinueTrial(promoted.Trial, Milestones[promoted.Rung], Milestones[promoted.Rung + 1]);
        return Trials < _options.Trials ? Start(_trials.NextFree) : Idle();
    }

    /// <summary>
    /// The decision was made durable. Throws <see cref="InvalidOperationException"/> where the trial is not in the state that the decision
    /// was made for.
    /// </summary>
    public void Apply(Decision decision)
    {
        switch (decision)
        {
            case StartTrial start:
                if (Find(start.Trial) is not null)
                {
                    throw new InvalidOperationException($"Trial {start.Trial} was started before; ask for the next decision.");
                }

                _history.Add(start.Trial, start.Configuration);
                SetProgress(start.Trial, new TrialProgress(TrialStatus.Running, 0, start.ToEpoch, 0));
                break;
            case ContinueTrial next:
                var waiting = Waiting(next.Trial, next.FromEpoch);
                _scheduler.Apply(new RungDecision(next.Trial, Milestones.RungAt(next.FromEpoch), IsPromotion: true));
                SetProgress(next.Trial, waiting with { Status = TrialStatus.Running, ToEpoch = next.ToEpoch });
                break;
            case StopTrial stop:
                var ended = Waiting(stop.Trial, stop.Epoch);
                _scheduler.Apply(new RungDecision(stop.Trial, Milestones.RungAt(stop.Epoch), IsPromotion: false));
                SetProgress(stop.Trial, ended with { Status = TrialStatus.Stopped });
                break;
        }
    }

    // Nobody has decided anything by its failure: at its milestone it has no loss. So it stands where it stood before.
    private void Retry(TrialSnapshot trial)
    {
        SetProgress(trial.Trial, Find(trial.Trial)!.Value with { Status = TrialStatus.Running });
        _history.Retry(trial.Trial);
        if (trial.Milestones.Count > 0)
        {
            var (epoch, loss) = trial.Milestones.MaxBy(milestone => milestone.Epoch)!;
            _history.Observe(trial.Trial, Milestones.RungAt(epoch), loss);
        }
    }

    private Decision Idle() => Running > 0 ? new Wait() : new Finish();

    private StartTrial Start(int trial)
    {
        var seed = TrialSeed.Of(_options.Seed, trial);
        return new StartTrial(trial, seed, _sampler.Sample(_history, unchecked((ulong)seed)), Milestones[0]);
    }

    private TrialProgress Waiting(int trial, int epoch) =>
        Find(trial) is { Status: TrialStatus.Paused } progress && progress.Epoch == epoch
            ? progress
            : throw new InvalidOperationException($"Trial {trial} does not wait at epoch {epoch}; ask for the next decision.");

    // The milestone that a trial has a loss of: at the one that it runs to or failed at, it has none yet.
    private static int ReachedMilestone(TrialProgress progress) =>
        progress.Status is TrialStatus.Running or TrialStatus.Failed ? progress.Epoch : progress.ToEpoch;

    private void ContinueTo(int trial, int milestone)
    {
        if (Find(trial) is { Status: TrialStatus.Paused } waiting && waiting.Epoch < milestone)
        {
            Apply(new ContinueTrial(trial, waiting.Epoch, milestone));
        }
    }

    private static void Require(bool holds, TrialSnapshot trial)
    {
        if (!holds)
        {
            throw new InvalidOperationException(
                $"No steps lead trial {trial.Trial} to where its record has it; fold all records into a new study instead.");
        }
    }

    private void SetProgress(int trial, TrialProgress after)
    {
        if (Find(trial) is { } before)
        {
            Count(before, -1);
        }

        Count(after, +1);
        _trials.Set(trial, after);
    }

    private void Count(TrialProgress progress, int sign)
    {
        EpochsDone += sign * progress.Epoch;
        if (progress.Status == TrialStatus.Failed)
        {
            Failed += sign;
        }

        if (progress.Status != TrialStatus.Running) return;
        Running += sign;
        _runningEpochs += sign * (progress.ToEpoch - progress.Epoch);
    }

    private void Record(int trial, int rung, double? loss)
    {
        var progress = Find(trial)!.Value;
        _scheduler.Record(trial, rung, loss, StatusAt(Milestones[rung], progress));
        _history.Observe(trial, progress.Status == TrialStatus.Completed ? History.Finished : rung, loss);
        if (loss is not { } value || !double.IsFinite(value)) return;
        var best = new BestTrial(trial, progress.BestEpoch, value);
        if (best.IsBetterThan(Best))
        {
            Best = best;
        }
    }

    private static RungStatus StatusAt(int milestone, TrialProgress progress)
    {
        if (progress.ToEpoch > milestone) return RungStatus.Promoted;
        return progress.Status == TrialStatus.Paused ? RungStatus.Waiting : RungStatus.Ended;
    }
}
