using MacroCausal.Contracts;
using MacroCausal.Storage;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>Services that are killed without warning while every message comes twice.</summary>
[Trait("Category", "Slow")]
public sealed class KilledServicesTests : IDisposable
{
    private const string Id = "arn:aws:states:eu-west-1:123456789012:execution:macro-pipeline:1f0c9a52";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Whatever_is_killed_and_duplicated_every_trial_is_accounted_for_once_and_the_model_is_the_same()
    {
        using var aws = await LocalAws.StartAsync(everyMessageTwice: true, takeover: TimeSpan.FromSeconds(5));
        await using var cluster = await Cluster.StartAsync(aws, [.. ServicesFixture.Services, "TrialRunner", "Tuner"]);
        var gold = await ServicesFixture.GoldAsync(_directory);
        await aws.PutGoldAsync(Id, gold);
        await aws.PutGoldAsync("undisturbed", gold);

        // With random search and every trial to its end the order of events does not matter.
        var study = new
        {
            executionId = Id,
            trials = 6,
            maxEpochs = 8,
            scheduler = "none",
            sampler = "random",
            parallelism = 3,
            walkForward = 1,
            seed = 5,
        };
        await aws.SendPlainJsonAsync(study);
        var watching = aws.WatchAsync(Id);
        await ChaosAsync(aws, cluster, watching);

        var completed = await watching;
        completed.ExitCode.ShouldBe(0, completed.Errors + cluster.Output);
        var trials = await aws.StudyRecords.ListTrialsAsync(Id).ToListAsync();
        trials.Select(trial => trial.Trial).ShouldBe(Enumerable.Range(0, 6));
        trials.ShouldAllBe(trial => trial.Status == TrialStatus.Completed && trial.Epoch == 8);
        var epochs = await aws.StudyRecords.ListEpochsAsync(Id).ToListAsync();
        epochs.Select(epoch => (epoch.Trial, epoch.Epoch)).ShouldBeUnique();

        await aws.SendPlainJsonAsync(study with { executionId = "undisturbed" });
        var undisturbed = await aws.WatchAsync("undisturbed");
        completed.Result.ShouldBe(undisturbed.Result);
        var (disturbedModel, undisturbedModel) = (await ModelOfAsync(aws, Id), await ModelOfAsync(aws, "undisturbed"));
        disturbedModel.WeightsSha256.ShouldBe(undisturbedModel.WeightsSha256);
        disturbedModel.Metrics.ShouldBe(undisturbedModel.Metrics, ignoreOrder: true);
    }

    private static async Task<ModelRecord> ModelOfAsync(LocalAws aws, string executionId) =>
        (await aws.Registry.ListAsync(executionId).ToListAsync()).ShouldHaveSingleItem();

    private static async Task ChaosAsync(LocalAws aws, Cluster cluster, Task watching)
    {
        var random = new Random(7);
        foreach (var victim in new[] { "TrialRunner", "Tuner", "DataPrep", "TrialRunner", "Registry" })
        {
            var epochs = await aws.StudyRecords.ListEpochsAsync(Id).CountAsync();
            var next = epochs + random.Next(1, 6);
            await Eventually.Holds(async () =>
                watching.IsCompleted || await aws.StudyRecords.ListEpochsAsync(Id).CountAsync() >= next);
            await cluster.KillAndReplaceAsync(victim);
        }
    }
}
