using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Training;

/// <summary>One trial of every shape, on one core: TorchSharp and ours.</summary>
internal static class ShapeBench
{
    // What the repeats of a trial would take at the ceiling; both train it equally often.
    private const double Seconds = 0.2;

    /// <summary>Every shape of the default search space.</summary>
    public static IReadOnlyList<TrialWork> All { get; } =
        [.. new[] { 32, 64, 128 }.SelectMany(
            batch => new[] { new[] { 64, 32 }, [128, 64], [256, 128, 64] }.Select(hidden => Trial(hidden, batch, 12)))];

    public static void Run(TrainingTable table, Contestant baseline, double ceiling, string folder)
    {
        var ours = new Contestant("ours", "cpu", 1, 1);
        Console.WriteLine(Invariant(
            $"Every shape on {table.Name}, one trial at a time; ours on one core, TorchSharp on {baseline.Threads} thread(s)"));
        Console.WriteLine(Invariant($"Ceiling of one core: {ceiling / 1e9:F0} GFLOP/s\n"));
        string[] head = [
            "hidden layers, batch", "TorchSharp, ms / epoch", "ours, ms / epoch", "speed-up", "ours, GFLOP/s", "share of the ceiling"];
        Report.Write(head, All.Select(trial =>
        {
            var operations = trial.Operations(table.Features, table.TrainY.Length, table.ValidationY.Length);
            var repeat = (int)Math.Clamp(Math.Ceiling(Seconds * ceiling / operations), 2, 200);
            TrainingPart.Write(folder, table, [trial]);
            var (slow, fast) = (baseline.Race(folder, repeat) / trial.Epochs, ours.Race(folder, repeat) / trial.Epochs);
            operations /= trial.Epochs;
            return (IReadOnlyList<string>)[
                NameOf(trial), Invariant($"{slow * 1e3:F2}"), Invariant($"{fast * 1e3:F2}"), Invariant($"{slow / fast:F1}"),
                Invariant($"{operations / fast / 1e9:F0}"),
                Invariant($"{operations / fast / ceiling:P0}")];
        }));
    }

    public static string NameOf(TrialWork trial) => $"[{string.Join(", ", trial.Options.HiddenLayers)}], {trial.Options.BatchSize}";

    public static TrialWork Trial(int[] hidden, int batch, int epochs) =>
        new(
            new TrainingOptions
            {
                HiddenLayers = hidden,
                BatchSize = batch,
                LearningRate = 1e-3,
                Dropout = 0.2,
                WeightDecay = 1e-4,
                Seed = 1,
                Patience = int.MaxValue,
            },
            epochs);
}
