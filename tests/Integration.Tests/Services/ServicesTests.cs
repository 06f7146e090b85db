using MacroCausal.Contracts;
using MacroCausal.Storage;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>The four services as processes that share nothing but SQS, SNS, S3 and DynamoDB, on emulators.</summary>
public sealed class ServicesTests : IDisposable
{
    private const string Id = "arn:aws:states:eu-west-1:123456789012:execution:macro-pipeline:1f0c9a52";

    private static readonly string[] Services = ["DataPrep", "Tuner", "TrialRunner", "Registry"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Plain_JSON_on_the_queue_gives_a_model_a_registry_item_and_TrainingCompleted()
    {
        using var aws = await LocalAws.StartAsync();
        await using var cluster = await Cluster.StartAsync(aws, Services);
        await aws.PutGoldAsync(Id, await GoldAsync());

        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 6, maxEpochs = 20, unknown = "ignored" });
        var completed = await WatchAsync(aws, Id);

        completed.ExitCode.ShouldBe(0, completed.Errors + cluster.Output);
        completed.Json.GetProperty("status").GetString().ShouldBe("TRAINED");
        (await aws.ArtifactsOfAsync(Id)).ShouldBe(["metadata.json", "model.onnx", "model.safetensors", "scaler.json", "trials.parquet"]);
        var model = await aws.Registry.FindAsync(completed.Json.GetProperty("modelId").GetString()!);
        model!.Metrics["validation_loss"].ShouldBe(completed.Json.GetProperty("bestValidationLoss").GetDouble());
        var metrics = await cluster["Tuner"].MetricsAsync();
        metrics.ShouldContain("macrocausal_trials");
        metrics.ShouldContain("macrocausal_queue_time_seconds_sum{otel_scope_name=\"MacroCausal\",message=\"StartTraining\"}");
        metrics.ShouldNotContain("} -", customMessage: "plain JSON names no time of its sending, and nobody waits for less than no time");
        (await cluster["TrialRunner"].MetricsAsync()).ShouldContain("macrocausal_epochs");
        cluster["TrialRunner"].Output.ShouldNotContain("\"LogLevel\":\"Error\"");
    }

    [Fact]
    public async Task Whatever_is_killed_and_duplicated_every_trial_is_accounted_for_once_and_the_model_is_the_same()
    {
        using var aws = await LocalAws.StartAsync(everyMessageTwice: true);
        await using var cluster = await Cluster.StartAsync(aws, [.. Services, "TrialRunner", "Tuner"]);
        var gold = await GoldAsync();
        await aws.PutGoldAsync(Id, gold);
        await aws.PutGoldAsync("undisturbed", gold);

        // With random search and every trial to its end the order of events does not matter.
        var study = new { executionId = Id, trials = 6, maxEpochs = 8, scheduler = "none", sampler = "random", parallelism = 3, seed = 5 };
        await aws.SendPlainJsonAsync(study);
        var watching = WatchAsync(aws, Id);
        await ChaosAsync(aws, cluster, watching);

        var completed = await watching;
        completed.ExitCode.ShouldBe(0, completed.Errors + cluster.Output);
        var trials = await aws.StudyRecords.ListTrialsAsync(Id).ToListAsync();
        trials.Select(trial => trial.Trial).ShouldBe(Enumerable.Range(0, 6));
        trials.ShouldAllBe(trial => trial.Status == TrialStatus.Completed && trial.Epoch == 8);
        var epochs = await aws.StudyRecords.ListEpochsAsync(Id).ToListAsync();
        epochs.Select(epoch => (epoch.Trial, epoch.Epoch)).ShouldBeUnique();

        await aws.SendPlainJsonAsync(study with { executionId = "undisturbed" });
        var undisturbed = await WatchAsync(aws, "undisturbed");
        TrainTests.Same(completed.Json).ShouldBe(TrainTests.Same(undisturbed.Json));
        var (disturbedModel, undisturbedModel) = (await ModelOfAsync(aws, Id), await ModelOfAsync(aws, "undisturbed"));
        disturbedModel.WeightsSha256.ShouldBe(undisturbedModel.WeightsSha256);
        disturbedModel.Metrics.ShouldBe(undisturbedModel.Metrics, ignoreOrder: true);
    }

    [Fact]
    public async Task A_runner_that_is_told_to_stop_ends_within_10_seconds_and_another_goes_on_where_it_was()
    {
        using var aws = await LocalAws.StartAsync();
        await using var cluster = await Cluster.StartAsync(aws, Services);
        await aws.PutGoldAsync(Id, await GoldAsync());

        // One trial, one segment of many epochs.
        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 1, maxEpochs = 400, patience = 400, scheduler = "none" });
        var watching = WatchAsync(aws, Id);
        await UntilAsync(async () => await aws.StudyRecords.ListEpochsAsync(Id).CountAsync() >= 5);
        var first = cluster["TrialRunner"];
        (await first.TerminateAsync()).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        first.ExitCode.ShouldBe(0, first.Output);
        await cluster.AddAsync("TrialRunner");

        (await watching).ExitCode.ShouldBe(0, cluster.Output);
        var epochs = await aws.StudyRecords.ListEpochsAsync(Id).ToListAsync();
        epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, 400));
        var runners = epochs.Select(epoch => epoch.Runner).Distinct().ToList();
        runners.Count.ShouldBe(2);

        // An epoch that the second runner trained took time; one that it found in the checkpoint and reported again did not.
        epochs.Where(epoch => epoch.Runner == runners[0]).ShouldAllBe(epoch => epoch.Seconds > 0);
        epochs.SkipWhile(epoch => epoch.Runner == runners[0]).ShouldAllBe(epoch => epoch.Runner == runners[1]);
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
            await UntilAsync(async () => watching.IsCompleted || await aws.StudyRecords.ListEpochsAsync(Id).CountAsync() >= next);
            await cluster.KillAndReplaceAsync(victim);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }

    private static async Task<Ended> WatchAsync(LocalAws aws, string executionId)
    {
        using var watch = MacroCausalProcess.Start(aws.Environment, "watch", "--execution-id", executionId, "--json");
        return await watch.EndAsync();
    }

    private async Task<string> GoldAsync()
    {
        if (RepositoryRoot.GoldTable is { } gold)
        {
            return gold;
        }

        var store = Path.Combine(_directory.Path, "sample");
        (await MacroCausalProcess.RunAsync("train", "--store", store, "--execution-id", "sample", "--trials", "1", "--max-epochs", "1")).ExitCode.ShouldBe(0);
        return Path.Combine(store, "gold", "gold", "sample", "processed_data.parquet");
    }
}
