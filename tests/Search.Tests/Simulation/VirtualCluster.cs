using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Tests.Simulation;

/// <summary>
/// A whole study in virtual time: as many workers as the plan's parallelism, random durations, and the weather's failures, late results, duplicates and restarts.
/// </summary>
internal sealed class VirtualCluster(SearchOptions plan, FaultRates weather, ulong seed)
{
    private readonly Runner _runner = new(weather, seed);
    private readonly PriorityQueue<Func<bool>, (double Time, int Order)> _events = new();
    private double _now;
    private int _handled;

    public Study Study { get; private set; } = new(plan);

    public TrialBook Book { get; } = new();

    /// <summary>Every decision, in order.</summary>
    public List<Decision> Journal { get; } = [];

    /// <summary>Told of every decision before it is applied.</summary>
    public Action<Study, Decision> Watch { get; init; } = (_, _) => { };

    /// <summary>Told of every report that was taken.</summary>
    public Action<SegmentReport, int> WatchReport { get; init; } = (_, _) => { };

    /// <summary>How often a report or a failure changed nothing.</summary>
    public int Ignored { get; private set; }

    public int MostRunning { get; private set; }

    public int Restarts { get; private set; }

    public VirtualCluster Run()
    {
        Decide();
        while (_events.TryDequeue(out var happen, out var when))
        {
            _now = when.Time;
            if (!happen()) Ignored++;
            if (SeededRandom.Of(seed, 9, _handled++) < weather.Restarts) Restart();
            Decide();
        }

        return this;
    }

    private void Decide()
    {
        for (var decision = Study.Next(); decision is not (Wait or Finish); decision = Study.Next())
        {
            Watch(Study, decision);
            Journal.Add(decision);
            Book.Write(decision);
            Study.Apply(decision);
            MostRunning = Math.Max(MostRunning, Study.Running);
            if (decision is StartTrial start) Issue(start.Trial, start.ToEpoch);
            if (decision is ContinueTrial next) Issue(next.Trial, next.ToEpoch);
        }
    }

    private void Issue(int trial, int toEpoch)
    {
        var report = _runner.Train(Book[trial]);
        var duration = _runner.Duration(trial, toEpoch);
        var fails = _runner.Fails(trial, toEpoch);
        After(duration, fails ? () => Fail(trial) : () => Report(report));
        if (fails && _runner.ResultComesLate(trial, toEpoch)) After(3 * duration, () => Report(report));
        if (!_runner.ReportsTwice(trial, toEpoch)) return;
        After(2 * duration, fails ? () => Fail(trial) : () => Report(report));
    }

    private void After(double duration, Func<bool> happen) => _events.Enqueue(happen, (_now + duration, _events.Count + _handled));

    private bool Report(SegmentReport report)
    {
        var toEpoch = Study.Find(report.Trial)!.Value.ToEpoch;
        if (!Study.Report(report.Trial, report.Epoch, report.Loss, report.BestEpoch, report.EndedEarly)) return false;
        Book.Write(report, report.Epoch == plan.MaxEpochs);
        WatchReport(report, toEpoch);
        return true;
    }

    private bool Fail(int trial)
    {
        if (!Study.Fail(trial)) return false;
        Book.WriteFailure(trial);
        return true;
    }

    private void Restart()
    {
        Restarts++;
        Study = Book.Fold(plan, seed + (ulong)_handled);
    }
}
