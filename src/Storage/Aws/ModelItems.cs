using System.Text.Json;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>Registered models as items, and back. Other stages of the pipeline read these items.</summary>
internal static class ModelItems
{
    public const string Partition = "model_id";
    public const string Sort = "created_at";
    public const string ExecutionId = "execution_id";
    public const string Status = "status";
    public const string ExecutionIdIndex = "ExecutionIdIndex";
    public const string StatusIndex = "StatusIndex";

    // What the stage before MacroCausal did not write.
    private const string Config = "config";

    public static Dictionary<string, AttributeValue> Of(ModelRecord model) => new()
    {
        [Partition] = Attributes.Of(model.ModelId),
        [Sort] = Attributes.Of(model.CreatedAt),
        [ExecutionId] = Attributes.Of(model.ExecutionId),
        ["model_uri"] = Attributes.Of(model.ModelUri),
        ["metrics"] = new() { M = model.Metrics.ToDictionary(metric => metric.Key, metric => Metric(model, metric.Key, metric.Value)), IsMSet = true },
        [Status] = Attributes.Of(model.Status),
        ["version"] = Attributes.Of(model.Version),
        [Config] = Attributes.Of(JsonSerializer.Serialize(model.Config, StorageJson.Default.TrialConfig)),
        ["weights_sha256"] = Attributes.Of(model.WeightsSha256),
    };

    public static Dictionary<string, AttributeValue> KeyOf(Dictionary<string, AttributeValue> item) => new() { [Partition] = item[Partition], [Sort] = item[Sort] };

    /// <summary>Whether MacroCausal wrote it; the table may hold models of the stage that it replaces.</summary>
    public static bool IsOurs(Dictionary<string, AttributeValue> item) => item.ContainsKey(Config);

    public static ModelRecord ToModel(Dictionary<string, AttributeValue> item) => new()
    {
        ModelId = item.Text(Partition),
        CreatedAt = item.Instant(Sort),
        ExecutionId = item.Text(ExecutionId),
        ModelUri = item.Text("model_uri"),
        Metrics = (item["metrics"].M ?? []).ToDictionary(metric => metric.Key, metric => Attributes.Number(metric.Value)),
        Status = item.Text(Status),
        Version = item.Text("version"),
        Config = JsonSerializer.Deserialize(item.Text(Config), StorageJson.Default.TrialConfig)!,
        WeightsSha256 = item.Text("weights_sha256"),
    };

    private static AttributeValue Metric(ModelRecord model, string name, double value)
    {
        var held = Math.Abs(value) < 1 && !Attributes.IsNumber(value) ? 0 : value;
        return Attributes.IsNumber(held)
            ? Attributes.Of(held)
            : throw new StoreException($"The metric '{name}' of '{model.ModelId}' is {value}, which the registry cannot hold; leave it out.");
    }
}
