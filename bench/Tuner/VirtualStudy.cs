using System.Diagnostics;
using MacroCausal.Bench.Simulation;
using MacroCausal.Search.Spaces;
using MacroCausal.Search.Studies;

namespace MacroCausal.Bench.Tuner;

/// <summary>
/// Drives a study through virtual time: every segment that is out ends after a seeded duration, its loss comes from <see
/// cref="LearningCurve"/>. Only the study's own work is timed: a decision is the report that made room for it, <see cref="Study.Next"/> and
/// <see cref="Study.Apply"/>.
/// </summary>
internal sealed class VirtualStudy(Study study, ulong seed, WrittenBytes written)
{
    private readonly PriorityQueue<int, (double Time, int Order)> _out = new();
    private readonly Dictionary<int, LearningCurve> _curves = [];
    private double _now;
    private int _issued;
    private long _busy;

    /// <summary>All decisions.</summary>
    public LatencyHistogram Decisions { get; } = new();

    /// <summary>Decisions that start a trial, and so ask the sampler.</summary>
    public LatencyHistogram Proposals { get; } = new();

    /// <summary>Told of every trial that starts.</summary>
    public Action<StartTrial> Started { get; init; } = _ => { };

    /// <summary>Decisions for every second that the study was at work.</summary>
    public double DecisionsPerSecond =>
        Decisions.Count / TimeSpan.FromTicks(_busy * TimeSpan.TicksPerSecond / Stopwatch.Frequency).TotalSeconds;

    /// <summary>Runs the study to its end.</summary>
    public void Run()
    {
        Decide(Stopwatch.GetTimestamp());
        while (_out.TryDequeue(out var trial, out var when))
        {
            _now = when.Time;
            var epoch = study.Find(trial)!.Value.ToEpoch;
            var loss = _curves[trial].Truth(epoch);
            written.Write(trial, epoch, loss);
            var started = Stopwatch.GetTimestamp();
            study.Report(trial, epoch, loss, epoch, endedEarly: false);
            Decide(started);
        }
    }

    private void Decide(long started)
    {
        while (true)
        {
            var decision = study.Next();
            study.Apply(decision);
            var elapsed = Stopwatch.GetTimestamp() - started;
            _busy += elapsed;
            if (decision is Wait or Finish) return;
            Decisions.Record(elapsed);
            if (decision is StartTrial) Proposals.Record(elapsed);
            CarryOut(decision);
            started = Stopwatch.GetTimestamp();
        }
    }

    private void CarryOut(Decision decision)
    {
        written.Write(decision);
        if (decision is StartTrial start)
        {
            _curves[start.Trial] = new LearningCurve(start.Configuration, seed, start.Trial);
            Started(start);
            Issue(start.Trial, 0, start.ToEpoch);
        }
        else if (decision is ContinueTrial next)
        {
            Issue(next.Trial, next.FromEpoch, next.ToEpoch);
        }
    }

    private void Issue(int trial, int from, int to) =>
        _out.Enqueue(trial, (_now + ((to - from) * (0.5 + SeededRandom.Of(seed, 1, trial, to))), _issued++));
}
