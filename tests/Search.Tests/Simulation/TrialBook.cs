using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Tests.Simulation;

/// <summary>The durable records of a study's trials, kept as the Tuner would keep them.</summary>
internal sealed class TrialBook
{
    private readonly SortedDictionary<int, TrialSnapshot> _trials = [];

    public TrialSnapshot this[int trial] => _trials[trial];

    public void Write(Decision decision)
    {
        switch (decision)
        {
            case StartTrial start:
                _trials.Add(start.Trial, new()
                {
                    Trial = start.Trial,
                    Configuration = start.Configuration,
                    Status = TrialStatus.Running,
                    Epoch = 0,
                    ToEpoch = start.ToEpoch,
                });
                break;
            case ContinueTrial next:
                _trials[next.Trial] = _trials[next.Trial] with { Status = TrialStatus.Running, ToEpoch = next.ToEpoch };
                break;
            case StopTrial stop:
                _trials[stop.Trial] = _trials[stop.Trial] with { Status = TrialStatus.Stopped };
                break;
        }
    }

    public void Write(SegmentReport report, bool isLast)
    {
        var before = _trials[report.Trial];
        _trials[report.Trial] = before with
        {
            Status = report.EndedEarly || isLast ? TrialStatus.Completed : TrialStatus.Paused,
            Epoch = report.Epoch,
            BestEpoch = report.BestEpoch,
            Milestones = [.. before.Milestones, new RungLoss(before.ToEpoch, report.Loss)],
        };
    }

    public void WriteFailure(int trial) => _trials[trial] = _trials[trial] with { Status = TrialStatus.Failed };

    /// <summary>Brings a study up to the records, in an order that <paramref name="seed"/> shuffles.</summary>
    public void Update(Study study, ulong seed)
    {
        foreach (var trial in _trials.Values.OrderBy(trial => SeededRandom.Of(seed, trial.Trial)))
        {
            study.Update(trial);
        }
    }

    /// <summary>A study folded from the records in an order that <paramref name="seed"/> shuffles.</summary>
    public Study Fold(SearchOptions plan, ulong seed)
    {
        var study = new Study(plan);
        foreach (var trial in _trials.Values.OrderBy(trial => SeededRandom.Of(seed, trial.Trial)))
        {
            study.Restore(trial);
        }

        return study;
    }
}

/// <summary>What a runner reports at the end of a segment.</summary>
internal sealed record SegmentReport(int Trial, int Epoch, double? Loss, int BestEpoch, bool EndedEarly);
