using System.Collections.Concurrent;
using MacroCausal.Contracts;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Integration.Tests;

[Trait("Category", "Slow")]
public sealed class KillTests : IDisposable
{
    private const int Trials = 8;

    private static readonly ConcurrentDictionary<int, Lazy<Task<string>>> Undisturbed = new();

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>Kills the process as the n-th line of progress appears, again and again, until it ends by itself.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 2)]
    public async Task A_study_that_is_killed_at_random_moments_ends_as_if_nothing_had_happened(int seed, int folds)
    {
        var random = new Random(seed);
        var ended = await RunUntilKilledAsync(random, Arguments(_directory.Path, folds));
        for (var kills = 0; ended.ExitCode != 0; kills++)
        {
            kills.ShouldBeLessThan(100, ended.Errors);
            var resume = await HasStudyAsync()
                ? new[] { "resume", "--execution-id", "killed", "--workers", "1", "--store", _directory.Path, "--json" }
                : Arguments(_directory.Path, folds);
            ended = kills < 5 ? await RunUntilKilledAsync(random, resume) : await MacroCausalProcess.RunAsync(resume);
        }

        ended.Result.ShouldBe(await Undisturbed.GetOrAdd(folds, _ => new(() => TrainUndisturbedAsync(folds))).Value);
        (await TrialsAsync()).Select(trial => trial.Trial).ShouldBe(Enumerable.Range(0, Trials));
        (await TrialsAsync()).ShouldAllBe(trial => trial.Status != TrialStatus.Running);
    }

    private static async Task<Ended> RunUntilKilledAsync(Random random, string[] arguments)
    {
        using var process = MacroCausalProcess.Start(arguments);
        var lines = random.Next(1, 25);
        process.Line += _ =>
        {
            if (--lines == 0)
            {
                process.Kill();
            }
        };
        return await process.EndAsync();
    }

    private static async Task<string> TrainUndisturbedAsync(int folds)
    {
        using var directory = new TemporaryDirectory();
        var trained = await MacroCausalProcess.RunAsync(Arguments(directory.Path, folds));
        trained.ExitCode.ShouldBe(0, trained.Errors);
        return trained.Result;
    }

    private static string[] Arguments(string store, int folds) =>
    [
        "train", "--store", store, "--execution-id", "killed", "--trials", $"{Trials}", "--walk-forward", $"{folds}", "--seed", "11",
        "--workers", "1", "--json",
    ];

    private async Task<bool> HasStudyAsync()
    {
        using var database = SqliteDatabase.Open(Path.Combine(_directory.Path, EmbeddedStorageServiceCollectionExtensions.DatabaseName));
        return await new SqliteStudyStore(database).FindStudyAsync("killed") is not null;
    }

    private async Task<List<TrialRecord>> TrialsAsync()
    {
        using var database = SqliteDatabase.Open(Path.Combine(_directory.Path, EmbeddedStorageServiceCollectionExtensions.DatabaseName));
        return await new SqliteStudyStore(database).ListTrialsAsync("killed").ToListAsync();
    }
}
