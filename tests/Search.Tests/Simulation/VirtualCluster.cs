using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Tests.Simulation;

/// <summary>
/// A whole study in virtual time: as many workers as the plan's parallelism, random durations, and the failures, late results, duplicates
/// and restarts of the fault rates.
/// </summary>
internal sealed class VirtualCluster(SearchOptions plan, FaultRates rates, ulong seed)
{
    private readonly Runner _runner = new(rates, seed);
    private readonly PriorityQueue<Func<bool>, (double Time, int Order)> _events = new();
    private Study _other = new(plan);
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

    public int MaxRunning { get; private set; }

    public int Restarts { get; private set; }

    public int Handovers { get; private set; }

    public VirtualCluster Run()
    {
        Decide();
        while (_events.TryDequeue(out var happen, out var when))
        {
            _now = when.Time;
            if (!happen())
            {
                Ignored++;
            }

            if (SeededRandom.Of(seed, 9, _handled++) < rates.Restarts)
            {
                Restart();
            }

            if (SeededRandom.Of(seed, 10, _handled) < rates.Handovers)
            {
                HandOver();
            }

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
            MaxRunning = Math.Max(MaxRunning, Study.Running);
            if (decision is StartTrial start)
            {
                Issue(start.Trial, start.ToEpoch);
            }

            if (decision is ContinueTrial next)
            {
                Issue(next.Trial, next.ToEpoch);
            }
        }
    }

    private void Issue(int trial, int toEpoch)
    {
        var report = _runner.Train(Book[trial]);
        var duration = _runner.Duration(trial, toEpoch);
        var fails = _runner.Fails(trial, toEpoch);
        After(duration, fails ? () => Fail(trial) : () => Report(report));
        if (fails && _runner.ResultComesLate(trial, toEpoch))
        {
            After(3 * duration, () => Report(report));
        }

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

    // Another Tuner goes on, whose fold is as old as its last turn.
    private void HandOver()
    {
        Handovers++;
        (Study, _other) = (_other, Study);
        Book.Update(Study, seed + (ulong)_handled);
    }

    private void Restart()
    {
        Restarts++;
        Study = Book.Fold(plan, seed + (ulong)_handled);
    }
}

/// <summary>How often things go wrong in a virtual cluster, as shares of the segments.</summary>
internal sealed record FaultRates
{
    public double Failures { get; init; }

    /// <summary>Of the failures, those whose result arrives after all.</summary>
    public double LateResults { get; init; }

    public double Duplicates { get; init; }

    public double EarlyEnds { get; init; }

    public double Divergences { get; init; }

    /// <summary>Of the events, those after which the study is folded again from its records.</summary>
    public double Restarts { get; init; }

    /// <summary>Of the events, those after which another Tuner goes on.</summary>
    public double Handovers { get; init; }

    public static FaultRates Rough { get; } =
        new() { Failures = 0.1, LateResults = 0.5, Duplicates = 0.2, EarlyEnds = 0.1, Divergences = 0.05 };
}

/// <summary>Trains trials without training: learning curves and their troubles as functions of (seed, trial, segment).</summary>
internal sealed class Runner(FaultRates rates, ulong seed)
{
    public double Duration(int trial, int toEpoch) => 0.1 + SeededRandom.Of(seed, 1, trial, toEpoch);

    public bool Fails(int trial, int toEpoch) => SeededRandom.Of(seed, 2, trial, toEpoch) < rates.Failures;

    public bool ResultComesLate(int trial, int toEpoch) => SeededRandom.Of(seed, 3, trial, toEpoch) < rates.LateResults;

    public bool ReportsTwice(int trial, int toEpoch) => SeededRandom.Of(seed, 4, trial, toEpoch) < rates.Duplicates;

    public SegmentReport Train(TrialSnapshot trial)
    {
        var (number, from, to) = (trial.Trial, trial.Epoch, trial.ToEpoch);
        if (SeededRandom.Of(seed, 5, number) < rates.Divergences) return new SegmentReport(number, to, null, 0, EndedEarly: true);
        var endsEarly = SeededRandom.Of(seed, 6, number, to) < rates.EarlyEnds;
        var epoch = endsEarly ? from + 1 + (int)(SeededRandom.Of(seed, 7, number, to) * (to - from)) : to;
        // Coarse, so that ties happen.
        var distance = Math.Abs(trial.Configuration.Number("dropout") - 0.2);
        var loss = Math.Round((10 * distance) + (5.0 / epoch) + SeededRandom.Of(seed, 8, number, to), 1);
        return trial.Milestones is [.., { Loss: { } best }] && best <= loss
            ? new SegmentReport(number, epoch, best, trial.BestEpoch, endsEarly)
            : new SegmentReport(number, epoch, loss, epoch, endsEarly);
    }
}
