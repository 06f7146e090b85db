using System.CommandLine;
using System.Diagnostics;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Training;

/// <summary>
/// What a device does with our trainers: whether its engines agree with the others, what an epoch uploads, and trial-epochs a second beside
/// the processor's kernels. What <c>deploy/gpu/check.sh</c> runs on a machine with a GPU.
/// </summary>
internal static class DeviceCommand
{
    private const int Epochs = 5;

    public static Command Create()
    {
        var device = new Option<string>("--device")
        {
            Description = "cpu, cuda, cuda:1, ...",
            DefaultValueFactory = _ => TrainingDevice.Cuda,
        };
        var seconds = new Option<double>("--seconds") { Description = "Time of each measurement.", DefaultValueFactory = _ => 5 };
        var stacks = new Option<int[]>("--stacks")
        {
            Description = "Numbers of trials that are trained as one.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 8, 32],
        };
        var command = new Command(
            "device", "Whether a device trains rightly, and how fast, beside the processor.") { device, seconds, stacks };
        command.SetAction(result => Run(result.GetRequiredValue(device), result.GetValue(seconds), result.GetRequiredValue(stacks)));
        return command;
    }

    private static int Run(string device, double seconds, int[] stacks)
    {
        try
        {
            device = TrainingDevice.Resolve(device);
            TrainingDevice.Probe(device);
            foreach (var engine in new[] { TrainingEngine.Torch, TrainingEngine.Stacked })
            {
                EngineCheck.Run(TrainingEngine.Resolve(engine, device), device);
                Console.WriteLine($"Engine {engine} on {device} agrees with the engine it is checked against.");
            }
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }

        // The size of FRED-MD of December 2019.
        var table = TrainingTable.Synthetic(705, 370, seed: 1);
        var options = ShapeBench.Trial([128, 64], batch: 64, Epochs).Options;
        WriteParity(table, options, device);
        Console.WriteLine(Invariant($"\n{ShapeBench.NameOf(new TrialWork(options, Epochs))} on {table.Name}:\n"));
        Report.Write(["", "ms / trial and epoch", "trial-epochs / s", "uploads / epoch"], Rates(table, options, device, seconds, stacks));
        return 0;
    }

    // Losses of whole epochs with shuffles, dropout and a last short batch.
    private static void WriteParity(TrainingTable table, TrainingOptions options, string device)
    {
        using var kernels = new CpuTrainer(table.Train, table.Validation, new TrialStart(options), TimeProvider.System);
        using var stacked = TrainingGroup.Open(
            table.Train, table.Validation, [new TrialStart(options)], device, TimeProvider.System, TrainingEngine.Stacked);
        var largest = 0.0;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var (expected, actual) = (kernels.RunEpoch().Loss, stacked.RunEpoch()[0]!.Loss);
            largest = new[] { largest, Off(actual.Train, expected.Train), Off(actual.Validation, expected.Validation) }.Max();
        }

        Console.WriteLine(Invariant($"Losses of {Epochs} epochs of stacked on {device} and of the kernels differ by {largest:P4}."));
    }

    private static double Off(double actual, double expected) => Math.Abs(actual - expected) / expected;

    private static IEnumerable<IReadOnlyList<string>> Rates(
        TrainingTable table, TrainingOptions options, string device, double seconds, int[] stacks)
    {
        using var kernels = new CpuTrainer(table.Train, table.Validation, new TrialStart(options), TimeProvider.System);
        yield return Row("kernels, one core", 1, seconds, () => kernels.RunEpoch());
        using var plain = new TorchTrainer(table.Train, table.Validation, new TrialStart(options), device, TimeProvider.System);
        yield return Row($"torch on {device}", 1, seconds, () => plain.RunEpoch());
        foreach (var size in stacks)
        {
            var trials = Enumerable.Range(0, size).Select(seed => new TrialStart(options with { Seed = seed })).ToList();
            using var group = TrainingGroup.Open(
                table.Train, table.Validation, trials, device, TimeProvider.System, TrainingEngine.Stacked);
            yield return Row($"stacked on {device}, {size} at once", size, seconds, () => group.RunEpoch());
        }
    }

    private static string[] Row(string name, int trials, double seconds, Action epoch)
    {
        epoch();
        var (epochs, uploads, started) = (0, Upload.Count, Stopwatch.GetTimestamp());
        do
        {
            epoch();
            epochs++;
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);

        var each = Stopwatch.GetElapsedTime(started).TotalMilliseconds / epochs / trials;
        return [name, Invariant($"{each:F2}"), Invariant($"{1000 / each:F0}"), Invariant($"{(Upload.Count - uploads) / epochs}")];
    }
}
