using System.CommandLine;
using MacroCausal.Bench.Search;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Bench.Training;

/// <summary>The plain way to train a study and ours, in one run, beside what the machine could do at best.</summary>
internal static class TrainingCommand
{
    public static Command Create()
    {
        var data = new Option<FileInfo>("--data") { Description = "A gold table (.parquet or .csv) to train on; without it only the synthetic one." };
        data.AcceptExistingOnly();
        var command = new Command("training", "Trial-epochs a second: the plain way, one process a core, and ours; on --data also PyTorch, where this machine has it.") { data };
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(data) is not { } file)
                return Run([]);
            try
            {
                return Run([await GoldTable.ReadAsync(file, cancellationToken)]);
            }
            catch (Exception exception) when (exception is TableException or DataRejectedException or IOException or UnauthorizedAccessException)
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
            Console.WriteLine(Invariant($"Product rate of this machine (torch, float32): {one / 1e9:F0} GFLOP/s on one core, {all / 1e9:F0} on {Environment.ProcessorCount}\n"));
            foreach (var table in gold.Select(table => table.Splits).Append(TrainingTable.Synthetic(8000, 400, seed: 1)))
                Measure(table, one, all, folder, withPyTorch: gold.Any(own => own.Splits == table));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(TrainingTable table, double one, double all, string folder, bool withPyTorch)
    {
        var plain = PlainAtBest(table, folder);
        StudyBench.Run(table, DefaultStudy.Of(table), Contestants(plain, withPyTorch), all, folder);
        ShapeBench.Run(table, plain, one, folder);
        StackBench.Run(table);
    }

    private static List<Contestant> Contestants(Contestant plain, bool withPyTorch)
    {
        var cores = Environment.ProcessorCount;
        List<Contestant> all = [plain with { Name = $"plain way, one trial at a time, {plain.Threads} thread(s)" }, new($"plain way, {cores} processes", "plain", cores, 1)];
        if (withPyTorch && Contestant.FindPyTorch() is not null)
            all.AddRange([new("PyTorch, one trial at a time", "pytorch", 1, plain.Threads), new($"PyTorch, {cores} processes", "pytorch", cores, 1)]);
        return [.. all, new("ours", "fused", 1, cores)];
    }

    // The number of threads that suits the plain way best, tried on one trial of the middle shape.
    private static Contestant PlainAtBest(TrainingTable table, string folder)
    {
        TrainingPart.Write(folder, table, [ShapeBench.Trial([128, 64], 64, 4)]);
        return Enumerable.Range(1, Environment.ProcessorCount).Select(threads => new Contestant("plain way", "plain", 1, threads)).MinBy(contestant => contestant.Race(folder))!;
    }
}
