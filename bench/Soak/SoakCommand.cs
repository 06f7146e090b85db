using System.CommandLine;
using MacroCausal.Cli.Commands;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Tables;

namespace MacroCausal.Bench.Soak;

/// <summary><c>bench soak</c>: the memory of one process over a long study, and whether it grows.</summary>
internal static class SoakCommand
{
    private const string ExecutionId = "soak";

    public static Command Create()
    {
        var trials = new Option<int>("--trials")
        {
            Description = "Number of trials; the allocators fill up during the first 2,000",
            DefaultValueFactory = _ => 8000,
        };
        var every = new Option<int>("--every")
        {
            Description = "Number of trials between two samples of the memory",
            DefaultValueFactory = _ => 100,
        };
        var command = new Command("soak", "Memory of one process over thousands of trials that really train") { trials, every };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(trials), parsed.GetValue(every), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int trials, int every, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("macrocausal-bench-").FullName;
        try
        {
            var watch = new MemoryWatch(every);
            await TrainAsync(new EmbeddedStore(directory), trials, watch, cancellationToken);
            SoakReport.Write(watch.Samples);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>What <c>macrocausal train</c> does with the sample, its view replaced by the watch.</summary>
    private static async Task TrainAsync(EmbeddedStore store, int trials, MemoryWatch watch, CancellationToken cancellationToken)
    {
        using (var stores = EmbeddedStores.Open(store))
        await using (var sample = await InputTable.OpenAsParquetAsync(null, cancellationToken))
        {
            await stores.Objects.PutAsync(EmbeddedStore.GoldTable(ExecutionId), sample, cancellationToken);
        }

        var message = new StartTraining
        {
            ExecutionId = ExecutionId,
            Trials = trials,
            MaxEpochs = 4,
            GracePeriod = 1,
            Parallelism = Environment.ProcessorCount,
        };
        var request = new StudyRequest<StartTraining>(ExecutionId, QueueNames.StartTraining, message, Environment.ProcessorCount, "cpu");
        var outcome = await StudyRun.RunToCompletionAsync(store, request, watch, cancellationToken);
        if (outcome?.Completed is not null) return;
        var reasons = string.Join(' ', outcome?.Failed?.Reasons ?? ["it was interrupted."]);
        throw new InvalidOperationException($"The study did not end well: {reasons}");
    }
}
