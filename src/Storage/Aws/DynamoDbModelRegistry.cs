using System.Runtime.CompilerServices;
using System.Text.Json;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// The table of registered models in DynamoDB: partition key <c>model_id</c>, sort key <c>created_at</c> (ISO 8601, UTC), indexes
/// <c>ExecutionIdIndex</c> and <c>StatusIndex</c> with all attributes. Models that another stage wrote into the table are left alone and
/// not seen. A listing by an index may be a moment late.
/// </summary>
/// <param name="client">The client, which retries what is throttled or fails for a moment.</param>
/// <param name="table">The table, made as <see cref="DynamoDbTables"/> makes it.</param>
public sealed class DynamoDbModelRegistry(IAmazonDynamoDB client, string table) : IModelRegistry
{
    private readonly DynamoDbTable _table = new(client, table, "MODEL_REGISTRY_TABLE");

    /// <inheritdoc/>
    public async Task<bool> TryAddAsync(ModelRecord model, CancellationToken cancellationToken = default)
    {
        var item = ModelItems.Of(model);

        // The condition sees only an item of the same created_at; this one sees the others.
        return await FindItemAsync(model.ModelId, cancellationToken) is null
            && await _table.TryPutAsync(item, $"attribute_not_exists({ModelItems.Partition})", values: null, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ModelRecord?> FindAsync(string modelId, CancellationToken cancellationToken = default) =>
        await FindItemAsync(modelId, cancellationToken) is { } item ? ModelItems.ToModel(item) : null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelRecord> ListAsync(
        string? executionId = null, string? status = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var items = (executionId, status) switch
        {
            (null, null) => _table.ScanAsync(cancellationToken),
            (null, _) => _table.QueryAsync(Index(ModelItems.StatusIndex, ModelItems.Status, status), cancellationToken),
            _ => _table.QueryAsync(Index(ModelItems.ExecutionIdIndex, ModelItems.ExecutionId, executionId), cancellationToken),
        };
        var models = await items.Where(ModelItems.IsOurs).Select(ModelItems.ToModel).ToListAsync(cancellationToken);
        foreach (var model in models.OrderByDescending(model => model.CreatedAt).ThenBy(model => model.ModelId, StringComparer.Ordinal))
        {
            if (status is null || model.Status == status)
            {
                yield return model;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<bool> SetStatusAsync(
        string modelId, string status, string? from = null, CancellationToken cancellationToken = default)
    {
        if (await FindItemAsync(modelId, cancellationToken) is not { } item)
        {
            return false;
        }

        var request = new UpdateItemRequest
        {
            Key = ModelItems.KeyOf(item),
            UpdateExpression = "SET #status = :status",
            ConditionExpression = $"attribute_exists({ModelItems.Partition})",
            ExpressionAttributeNames = new() { ["#status"] = ModelItems.Status },
            ExpressionAttributeValues = new() { [":status"] = Attributes.Of(status) },
        };
        if (from is not null)
        {
            request.ConditionExpression += " AND #status = :from";
            request.ExpressionAttributeValues[":from"] = Attributes.Of(from);
        }

        return await _table.TryUpdateAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string modelId, CancellationToken cancellationToken = default) =>
        await FindItemAsync(modelId, cancellationToken) is { } item
        && await _table.TryDeleteAsync(
            ModelItems.KeyOf(item), $"attribute_exists({ModelItems.Partition})", values: null, cancellationToken);

    private async Task<Dictionary<string, AttributeValue>?> FindItemAsync(string modelId, CancellationToken cancellationToken)
    {
        var request = new QueryRequest
        {
            KeyConditionExpression = $"{ModelItems.Partition} = :id",
            ExpressionAttributeValues = new() { [":id"] = Attributes.Of(modelId) },
            ConsistentRead = true,
        };
        return await _table.QueryAsync(request, cancellationToken).FirstOrDefaultAsync(ModelItems.IsOurs, cancellationToken);
    }

    private static QueryRequest Index(string name, string key, string? value) => new()
    {
        IndexName = name,
        KeyConditionExpression = "#key = :key",
        ExpressionAttributeNames = new() { ["#key"] = key },
        ExpressionAttributeValues = new() { [":key"] = Attributes.Of(value!) },
    };
}

/// <summary>Tables of models in DynamoDB, by name.</summary>
internal sealed class DynamoDbModelRegistries(IAmazonDynamoDB client) : IModelRegistries
{
    public IModelRegistry Open(string table) => new DynamoDbModelRegistry(client, table);
}

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
        ["metrics"] = new()
        {
            M = model.Metrics.ToDictionary(metric => metric.Key, metric => Metric(model, metric.Key, metric.Value)),
            IsMSet = true,
        },
        [Status] = Attributes.Of(model.Status),
        ["version"] = Attributes.Of(model.Version),
        [Config] = Attributes.Of(JsonSerializer.Serialize(model.Config, StorageJson.Default.TrialConfig)),
        ["weights_sha256"] = Attributes.Of(model.WeightsSha256),
    };

    public static Dictionary<string, AttributeValue> KeyOf(Dictionary<string, AttributeValue> item) =>
        new() { [Partition] = item[Partition], [Sort] = item[Sort] };

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
            : throw new StoreException(
                $"The metric '{name}' of '{model.ModelId}' is {value}, which the registry cannot hold; leave it out.");
    }
}
