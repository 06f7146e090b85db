using MacroCausal.Bench.Search;

namespace MacroCausal.Bench.Training;

/// <summary>
/// A whole study's trials and epochs, trained by every contestant equally often, in turns, up to three times in two minutes or so; the
/// best time of each counts, because what else runs on the machine only adds to a time.
/// </summary>
internal static class StudyBench
{
    private const int MaxRounds = 3;
    private const double EnoughSeconds = 120;

    public static void Run(
        TrainingTable table, IReadOnlyList<TrialWork> work, IReadOnlyList<Contestant> contestants, double ceiling, string folder)
    {
        var epochs = work.Sum(trial => trial.Epochs);
        var operations = work.Sum(trial => trial.Operations(table.Features, table.TrainY.Length, table.ValidationY.Length));
        // Longest first, so that threads and processes end together.
        TrainingPart.Write(folder, table, [
            .. work.OrderByDescending(trial => trial.Operations(table.Features, table.TrainY.Length, table.ValidationY.Length))]);
        var rounds = new List<List<double>>();
        while (rounds.Count == 0 || (rounds.Count < MaxRounds && rounds.Sum(round => round.Sum()) < EnoughSeconds))
        {
            rounds.Add([.. contestants.Select(contestant => contestant.Race(folder))]);
        }

        var seconds = contestants.Select((_, index) => rounds.Min(round => round[index])).ToList();
        Console.Write(Invariant($"Default study on {table.Name}: {table.TrainY.Length} + {table.ValidationY.Length} rows, "));
        Console.WriteLine(Invariant($"{table.Features} features, {work.Count} trials, {epochs} epochs, best of {rounds.Count}\n"));
        string[] head = ["", "s", "trial-epochs / s", "speed-up over TorchSharp", "share of the ceiling"];
        Report.Write(head, contestants.Zip(seconds, (contestant, time) => (IReadOnlyList<string>)
        [
            contestant.Name, Invariant($"{time:F2}"), Invariant($"{epochs / time:F0}"), Invariant($"{seconds[0] / time:F2}"),
            Invariant($"{operations / time / ceiling:P1}"),
        ]));
    }
}
