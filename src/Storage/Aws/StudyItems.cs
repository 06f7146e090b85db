using System.Globalization;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>Records of studies as items, and back.</summary>
internal static class StudyItems
{
    public static Dictionary<string, AttributeValue> Of(StudyRecord study) => new(StudyKeys.Of(study.ExecutionId, StudyKeys.Study))
    {
        [StudyKeys.IndexPartition] = Attributes.Of(StudyKeys.Kind),
        [StudyKeys.IndexSort] = Attributes.Of(study.StartedAt),
        ["state"] = Attributes.Of(study.State),
        ["version"] = Attributes.Of(study.Version),
        ["saga"] = Attributes.Of(study.Saga),
    };

    public static StudyRecord ToStudy(Dictionary<string, AttributeValue> item) => new()
    {
        ExecutionId = item.Text(StudyKeys.Partition),
        State = item.Text("state"),
        Version = item.Count("version"),
        StartedAt = item.Instant(StudyKeys.IndexSort),
        Saga = item.Text("saga"),
    };

    public static Dictionary<string, AttributeValue> Of(TrialRecord trial)
    {
        var item = new Dictionary<string, AttributeValue>(StudyKeys.Of(trial.ExecutionId, StudyKeys.Trial(trial.Trial)))
        {
            ["trial"] = Attributes.Of(trial.Trial),
            ["version"] = Attributes.Of(trial.Version),
            ["seed"] = Attributes.Of(trial.Seed),
            ["config"] = Attributes.Of(JsonSerializer.Serialize(trial.Config, StorageJson.Default.TrialConfig)),
            ["status"] = Attributes.Of(trial.Status.ToString()),
            ["epoch"] = Attributes.Of(trial.Epoch),
            ["to_epoch"] = Attributes.Of(trial.ToEpoch),
            ["attempt"] = Attributes.Of(trial.Attempt),
            ["issued_at"] = Attributes.Of(trial.IssuedAt),
            ["reissues"] = Attributes.Of(trial.Reissues),
            ["milestones"] = Attributes.Of(JsonSerializer.Serialize(trial.Milestones, StorageJson.Default.IReadOnlyListRungLoss)),
            ["best_epoch"] = Attributes.Of(trial.BestEpoch),
        };
        item.AddIfAny("checkpoint_uri", trial.Checkpoint?.Uri);
        item.AddIfAny("checkpoint_sha256", trial.Checkpoint?.Sha256);
        item.AddIfAny("failure", trial.Failure);
        return item;
    }

    public static TrialRecord ToTrial(Dictionary<string, AttributeValue> item) => new()
    {
        ExecutionId = item.Text(StudyKeys.Partition),
        Trial = item.Count("trial"),
        Version = item.Count("version"),
        Seed = item.Integer("seed"),
        Config = JsonSerializer.Deserialize(item.Text("config"), StorageJson.Default.TrialConfig)!,
        Status = Enum.Parse<TrialStatus>(item.Text("status")),
        Epoch = item.Count("epoch"),
        ToEpoch = item.Count("to_epoch"),
        Attempt = item.Count("attempt"),
        IssuedAt = item.Instant("issued_at"),
        Reissues = item.ContainsKey("reissues") ? item.Count("reissues") : 0,
        Milestones = JsonSerializer.Deserialize(item.Text("milestones"), StorageJson.Default.IReadOnlyListRungLoss)!,
        BestEpoch = item.Count("best_epoch"),
        Checkpoint = item.FindText("checkpoint_uri") is { } uri ? new(uri, item.Text("checkpoint_sha256")) : null,
        Failure = item.FindText("failure"),
    };

    public static Dictionary<string, AttributeValue> Of(HeartbeatRecord heartbeat) =>
        new(StudyKeys.Of(heartbeat.ExecutionId, StudyKeys.Heartbeat(heartbeat.Trial))) { ["at"] = Attributes.Of(heartbeat.At) };

    // The due time is what the index sorts by.
    public static Dictionary<string, AttributeValue> Of(LookRecord look) => new(StudyKeys.Of(look.ExecutionId, StudyKeys.Look))
    {
        [StudyKeys.IndexPartition] = Attributes.Of(StudyKeys.Look),
        [StudyKeys.IndexSort] = Attributes.Of(look.DueAt),
    };

    public static LookRecord ToLook(Dictionary<string, AttributeValue> item) =>
        new(item.Text(StudyKeys.Partition), item.Instant(StudyKeys.IndexSort));

    public static Dictionary<string, AttributeValue> Of(EpochRecord epoch)
    {
        var item = new Dictionary<string, AttributeValue>(StudyKeys.Of(epoch.ExecutionId, StudyKeys.Epoch(epoch.Trial, epoch.Epoch)))
        {
            ["trial"] = Attributes.Of(epoch.Trial),
            ["epoch"] = Attributes.Of(epoch.Epoch),
            ["seconds"] = Attributes.Of(epoch.Seconds),
            ["runner"] = Attributes.Of(epoch.Runner),
            ["recorded_at"] = Attributes.Of(epoch.RecordedAt),
        };
        item.AddIfAny("train_loss", epoch.Metrics.TrainLoss);
        item.AddIfAny("validation_loss", epoch.Metrics.ValidationLoss);
        if (epoch.OtherMetrics is { Count: > 0 } others)
        {
            item["metrics"] = new() { M = others.ToDictionary(metric => metric.Key, metric => Attributes.Of(metric.Value)) };
        }

        return item;
    }

    public static EpochRecord ToEpoch(Dictionary<string, AttributeValue> item) => new()
    {
        ExecutionId = item.Text(StudyKeys.Partition),
        Trial = item.Count("trial"),
        Epoch = item.Count("epoch"),
        Metrics = EpochRecord.MetricsOf(
            item.FindNumber("train_loss"),
            item.FindNumber("validation_loss"),
            (item.GetValueOrDefault("metrics")?.M ?? [])
                .Select(metric => KeyValuePair.Create(metric.Key, Attributes.Number(metric.Value)))),
        Seconds = item.Number("seconds"),
        Runner = item.Text("runner"),
        RecordedAt = item.Instant("recorded_at"),
    };
}

/// <summary>
/// Keys of the study table: the execution id is the partition, and the sort key says what the record is, with numbers as wide as they can
/// get, so that the order of the text is theirs. Only studies, and looks at those that are active, have the attributes of
/// <see cref="Index"/>.
/// </summary>
internal static class StudyKeys
{
    public const string Partition = "execution_id";
    public const string Sort = "record_key";
    public const string Index = "StudiesIndex";
    public const string IndexPartition = "kind";
    public const string IndexSort = "started_at";
    public const string Kind = "study";
    public const string Study = "study";
    public const string Look = "look";
    public const string Trials = "trial#";
    public const string Epochs = "epoch#";

    public static string Trial(int trial) => string.Create(CultureInfo.InvariantCulture, $"{Trials}{trial:D10}");

    public static string Heartbeat(int trial) => string.Create(CultureInfo.InvariantCulture, $"heartbeat#{trial:D10}");

    public static string Epoch(int trial, int epoch) => string.Create(CultureInfo.InvariantCulture, $"{Epochs}{trial:D10}#{epoch:D10}");

    public static Dictionary<string, AttributeValue> Of(string executionId, string record) => new()
    {
        [Partition] = Attributes.Of(executionId),
        [Sort] = Attributes.Of(record),
    };
}
