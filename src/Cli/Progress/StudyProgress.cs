namespace MacroCausal.Cli.Progress;

/// <summary>
/// What a watcher knows of a study: a fold of the events that it has seen. Events that come twice or late change nothing.
/// </summary>
internal sealed class StudyProgress(int trials, int maxEpochs)
{
    private readonly SortedDictionary<int, TrialProgress> _trials = [];
    private readonly SortedDictionary<int, HashSet<int>> _rungs = [];
    private readonly HashSet<(int Trial, int Epoch)> _epochs = [];

    public int PlannedTrials { get; } = trials;

    public int MaxEpochs { get; } = maxEpochs;

    public DataPrepared? Data { get; private set; }

    public TrialEpochCompleted? Best { get; private set; }

    /// <summary>Folds of the walk-forward that are over, by number.</summary>
    public SortedDictionary<int, FoldResult> Folds { get; } = [];

    public int EpochsDone => _epochs.Count;

    public int TrialsStarted => _trials.Count;

    public IEnumerable<(int Milestone, int Trials)> Rungs => _rungs.Select(rung => (rung.Key, rung.Value.Count));

    public IEnumerable<TrialProgress> Running => _trials.Values.Where(trial => trial.IsRunning);

    public void Record(DataPrepared prepared) => Data ??= prepared;

    /// <summary>Records a report. True where its loss is the best so far.</summary>
    public bool Record(TrialEpochCompleted report)
    {
        if (!_epochs.Add((report.Trial, report.Epoch))) return false;

        if (!_trials.TryGetValue(report.Trial, out var known) || known.Epoch < report.Epoch)
        {
            var isRunning = report.Checkpoint is null;
            _trials[report.Trial] = new TrialProgress(report.Trial, report.Epoch, report.ToEpoch, report.Metrics.ValidationLoss, isRunning);
        }

        if (report.Checkpoint is not null)
        {
            Rung(report.ToEpoch).Add(report.Trial);
        }

        var best = Best?.Metrics.ValidationLoss ?? double.PositiveInfinity;
        if (report.Metrics.ValidationLoss is not { } loss || loss >= best) return false;

        Best = report;
        return true;
    }

    public void Record(TrialFailed failed)
    {
        if (_trials.TryGetValue(failed.Trial, out var known))
        {
            _trials[failed.Trial] = known with { IsRunning = false };
        }
    }

    public void Record(FoldEnded ended) => Folds[ended.Fold.Number] = ended.Fold;

    private HashSet<int> Rung(int milestone)
    {
        if (!_rungs.TryGetValue(milestone, out var rung))
        {
            _rungs[milestone] = rung = [];
        }

        return rung;
    }
}

/// <summary>Where a trial stands.</summary>
internal sealed record TrialProgress(int Trial, int Epoch, int ToEpoch, double? ValidationLoss, bool IsRunning);
