using System.CommandLine;
using MacroCausal.Bench.Search;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Bench.Training;

/// <summary>
/// TorchSharp as its users write it and our trainer, on the trials of a study, in one run, beside what the machine could do at best.
/// </summary>
internal static class TrainingCommand
{
    public static Command Create()
    {
        var data = new Option<FileInfo>(
            "--data")
        { Description = "A gold table (.parquet or .csv) to train on; without it only the synthetic one." };
        data.AcceptExistingOnly();
        var command = new Command(
            "training",
            "Trial-epochs a second: TorchSharp, one process a core, and our trainer; with --data also PyTorch.") { data };
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(data) is not { } file) return Run([]);
            try
            {
                return Run([await GoldTable.ReadAsync(file, cancellationToken)]);
            }
            catch (Exception exception) when (
                exception is TableException or DataRejectedException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"{file}: {exception.Message}");
                return 2;
            }
        });
        return command;
    }

    private static int Run(IReadOnlyList<GoldTable> gold)
    {
        var folder = Directory.CreateTempSubdirectory("macrocausal-bench-").FullName;
        try
        {
            var (one, all) = (ProductRate.Measure(1), ProductRate.Measure(Environment.ProcessorCount));
            Console.WriteLine("Product rate of this machine (float32, the better of torch's and ours):");
            Console.WriteLine(Invariant($"{one / 1e9:F0} GFLOP/s on one core, {all / 1e9:F0} on {Environment.ProcessorCount}\n"));
            foreach (var table in gold.Select(table => table.Splits).Append(TrainingTable.Synthetic(8000, 400, seed: 1)))
            {
                Measure(table, one, all, folder, withPyTorch: gold.Any(own => own.Splits == table));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(TrainingTable table, double one, double all, string folder, bool withPyTorch)
    {
        var baseline = BestBaseline(table, folder);
        StudyBench.Run(table, DefaultStudy.Of(table), Contestants(baseline, withPyTorch), all, folder);
        ShapeBench.Run(table, baseline, one, folder);
        StackBench.Run(table);
    }

    private static List<Contestant> Contestants(Contestant baseline, bool withPyTorch)
    {
        var cores = Environment.ProcessorCount;
        List<Contestant> all = [
            baseline with { Name = $"TorchSharp, one trial at a time, {baseline.Threads} thread(s)" },
            new($"TorchSharp, {cores} processes", "baseline", cores, 1),
        ];
        if (withPyTorch && Contestant.PyTorchName is { } name)
        {
            all.Add(new($"{name}, one trial at a time", "pytorch", 1, baseline.Threads));
            all.Add(new($"{name}, {cores} processes", "pytorch", cores, 1));
        }

        return [.. all, new("ours", "cpu", 1, cores)];
    }

    // The number of threads that suits TorchSharp best, tried on one trial of the middle shape.
    private static Contestant BestBaseline(TrainingTable table, string folder)
    {
        TrainingPart.Write(folder, table, [ShapeBench.Trial([128, 64], 64, 4)]);
        return Enumerable.Range(1, Environment.ProcessorCount)
            .Select(threads => new Contestant("TorchSharp", "baseline", 1, threads))
            .MinBy(contestant => contestant.Race(folder))!;
    }
}
