using System.Text.Json.Nodes;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class StudyDocumentTests
{
    private static readonly StudyInstance Study = new()
    {
        CurrentState = "Searching",
        Version = 7,
        Settings = new StudySettings
        {
            ExecutionId = "study",
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
        },
        ConcurrencyStamp = Guid.Parse("11111111-2222-3333-4444-555555555555"),
    };

    [Fact]
    public void An_instance_that_is_as_it_was_read_needs_no_write()
    {
        StudyDocument.Next(StudyDocument.Read(StudyDocument.Write(Study))).ShouldBeNull();
    }

    [Fact]
    public void A_change_is_written_as_the_next_version()
    {
        var read = StudyDocument.Read(StudyDocument.Write(Study));
        read.ConcurrencyStamp = Guid.Empty;

        var next = StudyDocument.Next(read)!;

        (next.Version, read.Version).ShouldBe((8, 8));
        StudyDocument.Read(next).ConcurrencyStamp.ShouldBe(Guid.Empty);
    }

    [Fact]
    public void The_version_is_the_records_whatever_an_older_document_says()
    {
        var record = StudyDocument.Write(Study);
        var older = JsonNode.Parse(record.Saga)!.AsObject();
        older["version"] = 3;

        StudyDocument.Read(record with { Saga = older.ToJsonString() }).Version.ShouldBe(7);
    }

    [Fact]
    public void The_stored_names_are_those_of_older_documents()
    {
        var config = new TrialConfig { LearningRate = 1e-3, BatchSize = 32, HiddenLayers = [64], Dropout = 0.2, WeightDecay = 1e-4 };
        var result = new SearchResult
        {
            Best = new BestCheckpoint(3, 18, 4.5, config, new("s3://artifacts/20", "b")),
            Trials = 8,
            FailedTrials = 1,
            TrialEpochs = 200,
        };

        var stored = JsonNode.Parse(StudyDocument.Write(new StudyInstance { Settings = Study.Settings, Result = result }).Saga)!.AsObject();

        stored.Select(field => field.Key).ShouldBe(
            [
                "correlationId", "currentState", "settings", "startedAt", "data", "stamp", "turns", "searchSeconds", "countedUpTo",
                "sentUpTo", "unsent", "commandSentAt", "commandsSent", "result", "folds", "forecasts", "completed", "failed", "cancelled",
                "cancelRequest", "request", "pausedAt", "orderedAt", "retryFrom", "wanted",
            ]);
        stored["result"]!.AsObject().Select(field => field.Key).ShouldBe(["winner", "trials", "failedTrials", "trialEpochs"]);
        stored["result"]!["winner"]!.AsObject().Select(field => field.Key).ShouldBe(["trial", "epoch", "loss", "config", "checkpoint"]);
    }

    [Fact]
    public void Two_baselines_of_an_older_document_become_a_map()
    {
        var study = new StudyInstance { Settings = Study.Settings, Data = SimulatedDataPrep.Manifest };
        var record = StudyDocument.Write(study);
        var older = JsonNode.Parse(record.Saga)!.AsObject();
        var data = older["data"]!.AsObject();
        data.Remove("baselines");
        data["meanBaseline"] = 9.5;
        data["ridgeBaseline"] = 5.25;

        var read = StudyDocument.Read(record with { Saga = older.ToJsonString() }).Data!;

        read.Baselines.ShouldBe(new Dictionary<string, double> { ["mean"] = 9.5, ["ridge"] = 5.25 }, ignoreOrder: true);
        read.Features.ShouldBe(SimulatedDataPrep.Manifest.Features);
    }
}
