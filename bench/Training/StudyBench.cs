using MacroCausal.Bench.Search;

namespace MacroCausal.Bench.Training;

/// <summary>A whole study's trials and epochs, trained by every contestant.</summary>
internal static class StudyBench
{
    public static void Run(
        TrainingTable table, IReadOnlyList<TrialWork> work, IReadOnlyList<Contestant> contestants, double ceiling, string folder)
    {
        var epochs = work.Sum(trial => trial.Epochs);
        var operations = work.Sum(trial => trial.Operations(table.Features, table.TrainY.Length, table.ValidationY.Length));
        // Longest first, so that threads and processes end together.
        TrainingPart.Write(folder, table, [
            .. work.OrderByDescending(trial => trial.Operations(table.Features, table.TrainY.Length, table.ValidationY.Length))]);
        var seconds = contestants.Select(
            contestant => contestant.Race(folder, contestant.Trainer == "cpu" ? Repeats(operations, ceiling) : 1)).ToList();
        Console.Write(Invariant($"Default study on {table.Name}: {table.TrainY.Length} + {table.ValidationY.Length} rows, "));
        Console.WriteLine(Invariant($"{table.Features} features, {work.Count} trials, {epochs} epochs\n"));
        string[] head = ["", "s", "trial-epochs / s", "speed-up over TorchSharp", "share of the ceiling"];
        Report.Write(head, contestants.Zip(seconds, (contestant, time) => (IReadOnlyList<string>)
        [
            contestant.Name, Invariant($"{time:F2}"), Invariant($"{epochs / time:F0}"), Invariant($"{seconds[0] / time:F2}"),
            Invariant($"{operations / time / ceiling:P1}"),
        ]));
    }

    // Some seconds of training, where one study takes less.
    private static int Repeats(double operations, double ceiling) => (int)Math.Clamp(Math.Ceiling(2 / (operations / ceiling * 2)), 1, 50);
}
