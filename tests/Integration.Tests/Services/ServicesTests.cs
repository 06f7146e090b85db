using System.Text.Json.Nodes;
using MacroCausal.Contracts;
using MacroCausal.Storage;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>The four services as processes that share nothing but SQS, SNS, S3 and DynamoDB, on emulators.</summary>
[Collection(SharedServices.Name)]
[Trait("Category", "Slow")]
public sealed class ServicesTests(ServicesFixture services) : IDisposable
{
    private const string Arn = "arn:aws:states:eu-west-1:123456789012:execution:macro-pipeline:";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Plain_JSON_on_the_queue_gives_a_model_a_registry_item_and_TrainingCompleted()
    {
        var (aws, cluster) = (services.Aws, services.Cluster);
        const string Id = Arn + "plain-json";
        await aws.PutGoldAsync(Id, await ServicesFixture.GoldAsync(_directory));

        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 6, maxEpochs = 20, unknown = "ignored" });
        var completed = await aws.WatchAsync(Id);

        completed.ExitCode.ShouldBe(0, completed.Errors + cluster.Output);
        completed.Json.GetProperty("status").GetString().ShouldBe("TRAINED");
        await aws.WaitForArtifactAsync(Id, "report.html");
        (await aws.ArtifactsOfAsync(Id))
            .ShouldBe([
                "baselines.json", "importance.json", "metadata.json", "model.onnx", "model.safetensors", "predictions.parquet",
                "report.html", "scaler.json", "trials.parquet",
            ]);
        var model = await aws.Registry.FindAsync(completed.Json.GetProperty("modelId").GetString()!);
        model!.Metrics["validation_loss"].ShouldBe(completed.Json.GetProperty("bestValidationLoss").GetDouble());
        var metrics = await cluster["Tuner"].MetricsAsync();
        metrics.ShouldContain("macrocausal_trials");
        metrics.ShouldContain("macrocausal_queue_time_seconds_sum{otel_scope_name=\"MacroCausal\",message=\"StartTraining\"}");
        metrics.ShouldNotContain("} -", customMessage: "plain JSON names no time of its sending, and nobody waits for less than no time");
        (await cluster["TrialRunner"].MetricsAsync()).ShouldContain("macrocausal_epochs");
        cluster["TrialRunner"].Output.ShouldNotContain("\"LogLevel\":\"Error\"");

        await aws.SendEnvelopeAsync<RegisterModel>(QueueNames.RegisterModel, OfAnotherTrial((await aws.StudyRecords.FindStudyAsync(Id))!));
        await Eventually.Holds(() => Task.FromResult(cluster["Registry"].Output.Contains(
            "is refused, and nothing is changed: it differs from the study\\u0027s record in bestTrial;", StringComparison.Ordinal)));
        (await aws.Registry.ListAsync(Id).Select(known => known.WeightsSha256).ToListAsync()).ShouldBe([model.WeightsSha256]);
    }

    [Fact]
    public async Task A_study_that_is_cancelled_frees_the_runner_drops_what_waits_and_can_be_deleted()
    {
        var (aws, cluster) = (services.Aws, services.Cluster);
        const string Id = Arn + "cancelled";
        var gold = await ServicesFixture.GoldAsync(_directory);
        await aws.PutGoldAsync(Id, gold);
        await aws.PutGoldAsync(Id + "-next", gold);
        await aws.SendPlainJsonAsync(
            new { executionId = Id, trials = 1000, maxEpochs = 10_000, patience = 10_000, scheduler = "none", parallelism = 8 });
        await Eventually.Holds(async () => await aws.StudyRecords.ListEpochsAsync(Id).CountAsync() >= 5);

        (await RunAsync(aws, "cancel", Id)).Json.GetProperty("status").GetString().ShouldBe("ASKED");
        await aws.SendPlainJsonAsync(new { executionId = Id + "-next", trials = 2, maxEpochs = 2 });

        await Eventually.Holds(async () => (await aws.StudyRecords.FindStudyAsync(Id + "-next"))?.State == "Completed");
        cluster["TrialRunner"].Output.ShouldContain("is dropped");
        (await RunAsync(aws, "delete", Id, "--yes")).Json.GetProperty("status").GetString().ShouldBe("DELETED");
        (await aws.StudyRecords.FindStudyAsync(Id)).ShouldBeNull();
        (await aws.StudyRecords.ListTrialsAsync(Id).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_runner_that_is_told_to_stop_ends_amid_its_segment_and_another_goes_on_where_it_was()
    {
        var (aws, cluster) = (services.Aws, services.Cluster);
        const string Id = Arn + "stopped-runner";
        await aws.PutGoldAsync(Id, await ServicesFixture.GoldAsync(_directory));

        // One trial, one segment of many epochs.
        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 1, maxEpochs = 400, patience = 400, scheduler = "none" });
        var watching = aws.WatchAsync(Id);
        await Eventually.Holds(async () => await aws.StudyRecords.ListEpochsAsync(Id).CountAsync() >= 5);
        var first = cluster["TrialRunner"];
        await first.TerminateAsync();
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

    // What the Registry was sent, but for the best trial.
    private static JsonObject OfAnotherTrial(StudyRecord record)
    {
        var study = JsonNode.Parse(record.Saga)!;
        var best = study["result"]!["winner"]!;
        return new JsonObject
        {
            ["executionId"] = record.ExecutionId,
            ["modelId"] = ObjectKeys.ModelId(record.ExecutionId, record.StartedAt),
            ["startedAt"] = record.StartedAt,
            ["bestTrial"] = 999,
            ["bestEpoch"] = best["epoch"]!.DeepClone(),
            ["bestValidationLoss"] = best["loss"]!.DeepClone(),
            ["checkpoint"] = best["checkpoint"]!.DeepClone(),
            ["config"] = best["config"]!.DeepClone(),
            ["settings"] = study["settings"]!.DeepClone(),
            ["data"] = study["data"]!.DeepClone(),
        };
    }

    private static async Task<Ended> RunAsync(LocalAws aws, string command, params string[] arguments)
    {
        using var running = MacroCausalProcess.Start(aws.Environment, ["studies", command, .. arguments, "--aws", "--json"]);
        return await running.EndAsync();
    }
}
