using MacroCausal.Bench.Simulation;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Scaling;

/// <summary>The Tuner without its bus and its store: the real study, leases and record transitions, in virtual time.</summary>
internal sealed class VirtualTuner
{
    private readonly ClusterSettings _cluster;
    private readonly StudySettings _settings;
    private readonly ActiveStudy _active;
    private readonly Dictionary<int, TrialRecord> _trials = [];
    private readonly Dictionary<int, LearningCurve> _curves = [];
    private readonly Action<TrialRecord> _send;

    public VirtualTuner(ClusterSettings cluster, Action<TrialRecord> send)
    {
        (_cluster, _send) = (cluster, send);
        _settings = new StudySettings
        {
            ExecutionId = "study",
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
            Sampler = "random",
            Trials = cluster.Trials,
            Parallelism = cluster.Parallelism,
            Seed = cluster.Seed,
        };
        var options = new TunerOptions { Lease = TimeSpan.FromSeconds(cluster.Lease) };
        _active = ActiveStudy.FoldAsync(_settings, options, Guid.Empty, AsyncEnumerable.Empty<TrialRecord>(), CancellationToken.None)
            .GetAwaiter().GetResult();
    }

    public Study Study => _active.Study;

    /// <summary>Segments that the sweep reissued.</summary>
    public int Reissued { get; private set; }

    public TrialRecord this[int trial] => _trials[trial];

    /// <summary>Makes every decision that can be made now; each is a message.</summary>
    public void Decide(double now)
    {
        for (var decision = Study.Next(); decision is not (Wait or Finish); decision = Study.Next())
        {
            var trial = decision is StartTrial start
                ? TrialTransitions.Begin(_settings.ExecutionId, start, At(now))
                : Continue((ContinueTrial)decision, now);
            Study.Apply(decision);
            if (decision is StartTrial { Configuration: var point })
            {
                _curves[trial.Trial] = new LearningCurve(point, (ulong)_cluster.Seed, trial.Trial);
            }

            Issue(trial);
        }
    }

    /// <summary>An epoch within a segment was reported.</summary>
    public void RecordHeartbeat(int trial, double now) => _active.Leases.RecordHeartbeat(trial, At(now));

    /// <summary>A segment's last epoch was reported. False where that is no news.</summary>
    public bool CompleteSegment(TrialRecord segment, double now)
    {
        RecordHeartbeat(segment.Trial, now);
        var report = Report(segment);
        if (!TrialTransitions.IsNews(_trials[segment.Trial], report)) return false;
        Track(TrialTransitions.CompleteSegment(_trials[segment.Trial], report, _settings.MaxEpochs));
        Study.Report(report.Trial, report.Epoch, report.BestValidationLoss, report.BestEpoch, report.EndedEarly);
        Decide(now);
        return true;
    }

    /// <summary>Reissues the segments whose lease has expired, or gives their trials up.</summary>
    public void Sweep(double now)
    {
        foreach (var (trial, reissues, countsAsAttempt) in _active.Leases.ExpiredLeases(At(now), unsent: []))
        {
            if (!countsAsAttempt || _trials[trial].Attempt + 1 < _cluster.MaxAttempts)
            {
                Reissued++;
                Issue(TrialTransitions.Reissue(_trials[trial], reissues, countsAsAttempt, At(now)));
            }
            else
            {
                Track(TrialTransitions.Fail(_trials[trial], "silent"));
                Study.Fail(trial);
            }
        }

        Decide(now);
    }

    private TrialRecord Continue(ContinueTrial decision, double now) =>
        TrialTransitions.Continue(_trials[decision.Trial], decision, At(now));

    private void Issue(TrialRecord trial)
    {
        Track(trial);
        _send(trial);
    }

    private void Track(TrialRecord trial)
    {
        _trials[trial.Trial] = trial;
        _active.Leases.Track(trial);
    }

    private TrialEpochCompleted Report(TrialRecord segment) => new()
    {
        ExecutionId = segment.ExecutionId,
        Trial = segment.Trial,
        Epoch = segment.ToEpoch,
        ToEpoch = segment.ToEpoch,
        BestValidationLoss = _curves[segment.Trial].Truth(segment.ToEpoch),
        BestEpoch = segment.ToEpoch,
        Seconds = 1,
        RowsPerSecond = 1,
        Checkpoint = new("s3://artifacts/checkpoint", ""),
        Runner = "runner",
    };

    private static DateTimeOffset At(double now) => DateTimeOffset.UnixEpoch.AddSeconds(now);
}
