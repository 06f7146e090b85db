using System.Diagnostics;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Training;

/// <summary>
/// Groups on one core: one trial after the other in the kernels for processors, and all trials in every operation of torch, as on a GPU.
/// </summary>
internal static class StackBench
{
    private const double Seconds = 1.5;
    private static readonly int[] Sizes = [1, 4, 16, 64];

    public static void Run(TrainingTable table)
    {
        Console.WriteLine($"Groups of trials on one core, on {table.Name}: ms per trial and epoch\n");
        string[] head = ["hidden layers, batch", "one after the other", .. Sizes.Select(size => $"stack of {size}")];
        Report.Write(head, ShapeBench.All.Where(trial => trial.Options.BatchSize == 64).Select(trial => (IReadOnlyList<string>)
        [
            ShapeBench.NameOf(trial), Milliseconds(table, trial.Options, 1, stacked: false),
            .. Sizes.Select(size => Milliseconds(table, trial.Options, size, stacked: true)),
        ]));
    }

    private static string Milliseconds(TrainingTable table, TrainingOptions options, int size, bool stacked)
    {
        var layout = new NetworkLayout(table.Features, options.HiddenLayers);
        var all = Enumerable.Range(0, size).Select(seed => options with { Seed = seed }).ToList();
        var states = all.Select(own => TrialState.Initial(layout, own.Seed)).ToList();
        using IGroupTrainer trainer = stacked
            ? new StackedTrainer(layout, all, states, table.Train, table.Validation, [TorchSharp.torch.CPU])
            : new CpuGroupTrainer(layout, all, states, table.Train, table.Validation);
        trainer.RunEpoch([.. Trials(1)]);
        var (epoch, started) = (1, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < Seconds)
        {
            trainer.RunEpoch([.. Trials(++epoch)]);
        }

        return Invariant($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds / (epoch - 1) / size:F2}");

        IEnumerable<(int, int)> Trials(int number) => Enumerable.Range(0, size).Select(trial => (trial, number));
    }
}
