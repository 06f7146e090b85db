using System.CommandLine;
using System.Diagnostics;
using MacroCausal.Bench.Simulation;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Search.Studies;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Search;

/// <summary>How good what is found is, with the same number of epochs for every method.</summary>
internal static class SearchCommand
{
    private const int Patience = 10;

    private static readonly Method[] WithoutFidelity =
    [
        new("random", "random", "none"),
        new("TPE, multivariate", "tpe", "none"),
        new("TPE, univariate", "tpe-univariate", "none"),
    ];

    private static readonly Method[] WithFidelity =
    [
        new("random", "random", "none"),
        new("random + ASHA", "random", "asha"),
        new("TPE", "tpe", "none"),
        new("TPE + ASHA", "tpe", "asha"),
    ];

    public static Command Create()
    {
        var data = new Option<FileInfo>("--data") { Description = "A gold table (.parquet or .csv) to train on as well." };
        data.AcceptExistingOnly();
        var seeds = Whole("--seeds", "Studies of every method.", 30);
        var epochs = new Option<int[]>("--epochs")
        {
            Description = "Epochs of a study on the gold table; one table each.",
            DefaultValueFactory = _ => [250, 1000],
            AllowMultipleArgumentsPerToken = true,
        };
        epochs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int[]>() is { } given && given.Any(count => count < 1))
            {
                result.AddError($"--epochs is {string.Join(' ', given)}; give 1 or more.");
            }
        });
        var threads = Whole("--threads", "Studies on the gold table at a time, a thread each.", Environment.ProcessorCount);
        var command = new Command("search", "Quality of what is found: random search, TPE, and both with ASHA, at equal numbers of epochs.")
        {
            data, seeds, epochs, threads,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var count = result.GetValue(seeds);
            Console.WriteLine(
                $"{count} seeds. Intervals are 95 % percentile bootstraps of the mean; gains are paired by seed, above 0 is better; "
                + "a seed that ties is half won.\n");
            OnFunctions(count);
            OnCurves(count);
            return result.GetValue(data) is not { } file
                || await OnTableAsync(file, count, result.GetValue(epochs)!, result.GetValue(threads), cancellationToken) ? 0 : 2;
        });
        return command;
    }

    private static Option<int> Whole(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} is {result.GetValueOrDefault<int>()}; give 1 or more.");
            }
        });
        return option;
    }

    private static void OnFunctions(int seeds)
    {
        foreach (var function in new[] { TestFunctions.Branin, TestFunctions.Hartmann6 })
        {
            foreach (var evaluations in (int[])[50, 200])
            {
                var options = new SearchOptions
                {
                    Space = function.Space,
                    MaxEpochs = 1,
                    GracePeriod = 1,
                    Parallelism = 1,
                    EpochBudget = evaluations,
                };
                var title = $"{function.Name}, {evaluations} evaluations (regret; no epochs, so no ASHA)";
                var contest = new Contest(title, options, WithoutFidelity);
                contest.Write([.. Enumerable.Range(0, seeds).Select(seed => contest.Run(seed, new FunctionTrainer(function)))]);
            }
        }
    }

    private static void OnCurves(int seeds)
    {
        Console.WriteLine(
            $"Simulated learning curves: {LearningCurve.Formula}. A trial ends {Patience} epochs after its best. "
            + "What counts is the chosen checkpoint's loss without its noise, less 1.\n");
        foreach (var epochs in (int[])[500, 2000])
        {
            var contest = new Contest($"Learning curves, {epochs} epochs, 4 at once (regret)", DefaultPlan(epochs), WithFidelity);
            contest.Write([.. Enumerable.Range(0, seeds).Select(seed => contest.Run(seed, new CurveTrainer((ulong)seed, Patience)))]);
        }
    }

    private static async Task<bool> OnTableAsync(FileInfo file, int seeds, int[] epochs, int threads, CancellationToken cancellationToken)
    {
        try
        {
            var table = await GoldTable.ReadAsync(file, cancellationToken);
            var started = Stopwatch.GetTimestamp();
            Contest[] contests = [.. epochs.Select(count => new Contest(
                $"{table.Name}, {count} epochs, 4 at once (validation loss, mean squared error)", DefaultPlan(count), WithFidelity))];
            var (findings, trained) = TableContest.Run(contests, table, seeds, threads, Patience);
            foreach (var (contest, found) in contests.Zip(findings)) contest.Write(found);
            var baselines = table.Baselines.Select(baseline => Invariant($"{baseline.Key} {baseline.Value:G4}"));
            Console.WriteLine(
                Invariant($"Baselines: {string.Join(", ", baselines)}; {trained:N0} epochs trained ")
                + Invariant($"in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s on {threads} threads."));
            return true;
        }
        catch (Exception exception)
            when (exception is TableException or DataRejectedException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{file}: {exception.Message}");
            return false;
        }
    }

    private static SearchOptions DefaultPlan(int epochs) =>
        SearchMapping.Of(new StudySettings
        {
            ExecutionId = "bench",
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
            EpochBudget = epochs,
        });
}
