using MacroCausal.Bench.Simulation;
using MacroCausal.Storage;

namespace MacroCausal.Bench.Scaling;

/// <summary>
/// A study on a fleet of runners, in virtual time: nodes that take minutes to start, a queue with a visibility timeout, scale-in by
/// SIGTERM, spot kills without notice. A fixed fleet is
/// launched with the study and switched off with it; KEDA's runs down by KEDA's rules.
/// </summary>
internal sealed class VirtualCluster
{
    private readonly PriorityQueue<Action, (double Time, long Order)> _events = new();
    private readonly Queue<TrialRecord> _visible = new();
    private readonly Dictionary<(int Trial, int ToEpoch), int> _partial = [];
    private readonly List<Runner> _runners = [];
    private readonly ClusterSettings _settings;
    private readonly Autoscaler? _autoscaler;
    private readonly int _fixed;
    private readonly VirtualTuner _tuner;
    private double _now;
    private long _order;
    private int _draws;
    private int _inFlight;
    private double _useful;
    private double _overAt;
    private int _failed;
    private int _kills;
    private int _handedBack;
    private double _gpu;
    private double _starting;
    private double _trained;
    private double _handled;

    private VirtualCluster(ClusterSettings settings, KedaSettings? keda, int runners)
    {
        (_settings, _fixed) = (settings, runners);
        _autoscaler = keda is null ? null : new Autoscaler(keda);
        _tuner = new VirtualTuner(settings, segment => _visible.Enqueue(segment));
        _tuner.Decide(0);
        Every(settings.SweepEvery, () => _tuner.Sweep(_now));
        if (keda is null) return;
        Every(keda.PollingInterval, () => _autoscaler!.Poll(_now, Depth));
        Every(ScalingRules.SyncPeriod, () => _autoscaler!.Sync(_now, Depth));
    }

    private bool IsOver => _tuner.Study.IsOver;

    /// <summary>What KEDA sees: messages that wait and messages in flight.</summary>
    private int Depth => _visible.Count + _inFlight;

    private int Wanted => _autoscaler?.Replicas ?? (IsOver ? 0 : _fixed);

    /// <summary>Runs a study on runners that KEDA scales.</summary>
    public static FleetCost Run(ClusterSettings settings, KedaSettings keda) => new VirtualCluster(settings, keda, 0).Run();

    /// <summary>Runs a study on a fixed number of runners.</summary>
    public static FleetCost Run(ClusterSettings settings, int runners) => new VirtualCluster(settings, null, runners).Run();

    private FleetCost Run()
    {
        Reconcile();
        while (!(IsOver && Wanted == 0 && _runners.Count == 0))
        {
            _events.TryDequeue(out var happen, out var when);
            _now = when.Time;
            happen!();
            if (IsOver && _overAt == 0)
            {
                (_overAt, _failed) = (_now, _tuner.Study.Failed);
            }

            Reconcile();
            HandOut();
        }

        return new FleetCost
        {
            WallHours = _overAt / 3600,
            GpuHours = _gpu / 3600,
            Training = _useful / 3600,
            Starting = _starting / 3600,
            Repeated = (_trained - _useful) / 3600,
            Handling = _handled / 3600,
            SpotKills = _kills,
            HandedBack = _handedBack,
            Reissued = _tuner.Reissued,
            FailedTrials = _failed,
        };
    }

    /// <summary>
    /// Launches what is missing and stops what is too much: pods that are not ready first, as a ReplicaSet does, then any.
    /// </summary>
    private void Reconcile()
    {
        var staying = _runners.Where(runner => !runner.IsStopping).ToList();
        for (var count = staying.Count; count < Wanted; count++)
        {
            Launch();
        }

        var leaving = staying.Select(runner => (Runner: runner, Order: Draw()))
            .OrderBy(pair => pair.Runner.Ready is not null).ThenBy(pair => pair.Order)
            .Take(staying.Count - Wanted);
        foreach (var (runner, _) in leaving)
        {
            Stop(runner);
        }
    }

    private void Launch()
    {
        var runner = new Runner(_now);
        _runners.Add(runner);
        After(_settings.NodeStart + _settings.PodStart, () => runner.Ready = _now);
        if (_settings.SpotLife is { } hours)
        {
            After(_settings.NodeStart - (hours * 3600 * Math.Log(Draw())), () => Kill(runner, isSpot: true));
        }
    }

    private void Stop(Runner runner)
    {
        runner.IsStopping = true;
        if (runner.Segment is null)
        {
            Remove(runner);
            return;
        }

        _handedBack++;
        After(_settings.Grace, () => Kill(runner, isSpot: false));
    }

    /// <summary>
    /// Without notice: what was trained since the last checkpoint is lost, and the message comes back when its visibility runs out.
    /// </summary>
    private void Kill(Runner runner, bool isSpot)
    {
        if (runner.IsGone) return;
        if (isSpot)
        {
            _kills++;
        }

        if (runner.Segment is { } segment)
        {
            runner.Trained += Math.Max(0, _now - runner.EpochStarted);
            After(_settings.Visibility * (0.5 + (0.5 * Draw())), () => GiveBack(segment));
        }

        Remove(runner);
    }

    private void HandOut()
    {
        foreach (var runner in _runners)
        {
            if (_visible.Count == 0) return;
            if (runner is { Ready: not null, Segment: null, IsStopping: false })
            {
                Begin(runner, _visible.Dequeue());
            }
        }
    }

    private void Begin(Runner runner, TrialRecord segment)
    {
        _inFlight++;
        runner.Segment = segment;
        runner.Epoch = _partial.GetValueOrDefault((segment.Trial, segment.ToEpoch), segment.Epoch);
        runner.Handled += _settings.Handling;
        runner.EpochStarted = runner.SavedAt = _now + _settings.Handling;
        // Another runner may have finished the segment: then its checkpoint is there, and is only reported again.
        if (_tuner[segment.Trial].Epoch >= segment.ToEpoch)
        {
            After(_settings.Handling, () => End(runner));
        }
        else
        {
            After(_settings.Handling + EpochSeconds(segment), () => TrainEpoch(runner));
        }
    }

    private void TrainEpoch(Runner runner)
    {
        if (runner.IsGone || runner.Segment is not { } segment) return;
        runner.Epoch++;
        runner.Trained += _now - runner.EpochStarted;
        runner.EpochStarted = _now;
        if (runner.Epoch >= segment.ToEpoch)
        {
            if (_tuner.CompleteSegment(segment, _now))
            {
                _useful += (segment.ToEpoch - segment.Epoch) * EpochSeconds(segment);
            }

            End(runner);
            return;
        }

        _tuner.RecordHeartbeat(segment.Trial, _now);
        if (runner.IsStopping || _now - runner.SavedAt >= _settings.CheckpointEvery)
        {
            Save(runner, segment);
        }

        if (runner.IsStopping)
        {
            HandBack(runner, segment);
        }
        else
        {
            After(EpochSeconds(segment), () => TrainEpoch(runner));
        }
    }

    private void Save(Runner runner, TrialRecord segment)
    {
        _partial[(segment.Trial, segment.ToEpoch)] = runner.Epoch;
        runner.SavedAt = _now;
    }

    private void HandBack(Runner runner, TrialRecord segment)
    {
        GiveBack(segment);
        Remove(runner);
    }

    private void End(Runner runner)
    {
        if (runner.IsGone) return;
        _inFlight--;
        runner.Segment = null;
        if (runner.IsStopping)
        {
            Remove(runner);
        }
    }

    private void GiveBack(TrialRecord segment)
    {
        _inFlight--;
        _visible.Enqueue(segment);
    }

    private void Remove(Runner runner)
    {
        runner.IsGone = true;
        _runners.Remove(runner);
        _gpu += _now - runner.Launched;
        _starting += (runner.Ready ?? _now) - runner.Launched;
        _trained += runner.Trained;
        _handled += runner.Handled;
    }

    private double EpochSeconds(TrialRecord segment) =>
        _settings.EpochSeconds * Math.Sqrt(64.0 / segment.Config.BatchSize) * segment.Config.HiddenLayers.Count / 2;

    private void After(double seconds, Action happen) => _events.Enqueue(happen, (_now + seconds, _order++));

    /// <summary>Again and again, from a moment within the first interval on.</summary>
    private void Every(double seconds, Action happen)
    {
        After(seconds * Draw(), Tick);

        void Tick()
        {
            happen();
            After(seconds, Tick);
        }
    }

    private double Draw() => SeededRandom.Of((ulong)_settings.Seed, 21, _draws++);
}

/// <summary>A TrialRunner with one worker, on a node of its own.</summary>
internal sealed class Runner(double launched)
{
    public double Launched { get; } = launched;

    /// <summary>When it took its first message; none while it starts.</summary>
    public double? Ready { get; set; }

    public bool IsGone { get; set; }

    /// <summary>SIGTERM has come: it ends with the epoch.</summary>
    public bool IsStopping { get; set; }

    /// <summary>What it trains; none while it is idle.</summary>
    public TrialRecord? Segment { get; set; }

    /// <summary>Epochs of the segment's trial that are done here.</summary>
    public int Epoch { get; set; }

    public double EpochStarted { get; set; }

    public double SavedAt { get; set; }

    /// <summary>Seconds that it trained, whether or not it counted.</summary>
    public double Trained { get; set; }

    /// <summary>Seconds spent on checkpoints and messages.</summary>
    public double Handled { get; set; }
}
