using MacroCausal.Search.Studies;

namespace MacroCausal.Bench.Search;

/// <summary>
/// A study from start to end, as the Tuner would run it: as many segments at once as the plan has, each as long as its epochs.
/// </summary>
internal static class SearchRun
{
    /// <summary>What the best model is worth, and the epochs that it took to find it.</summary>
    public static Finding Run(SearchOptions plan, ITrainer trainer)
    {
        var study = new Study(plan);
        var trials = new Dictionary<int, StartTrial>();
        var running = new PriorityQueue<(int Trial, Standing Standing), (int Time, int Order)>();
        var (now, order) = (0, 0);
        do
        {
            if (running.TryDequeue(out var ended, out var when))
            {
                now = when.Time;
                study.Report(
                    ended.Trial, ended.Standing.Epoch, ended.Standing.BestLoss, ended.Standing.BestEpoch, ended.Standing.EndedEarly);
            }

            for (var decision = study.Next(); decision is not (Wait or Finish); decision = study.Next())
            {
                study.Apply(decision);
                var (trial, from, to) = decision is ContinueTrial next
                    ? (trials[next.Trial], next.FromEpoch, next.ToEpoch)
                    : Begin((StartTrial)decision);
                var standing = trainer.Train(trial, to);
                running.Enqueue((trial.Trial, standing), (now + standing.Epoch - from, order++));
            }
        }
        while (running.Count > 0);

        var best = study.Best
            ?? throw new InvalidOperationException("No trial had a finite loss; give the study more epochs, or another table.");
        return new Finding(trainer.Worth(trials[best.Trial], best.Epoch, best.Loss), study.EpochsDone, study.Trials);

        (StartTrial Trial, int From, int To) Begin(StartTrial start)
        {
            trials.Add(start.Trial, start);
            return (start, 0, start.ToEpoch);
        }
    }
}

/// <summary>What a study found.</summary>
internal readonly record struct Finding(double Worth, long Epochs, int Trials);
