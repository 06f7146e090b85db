using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// The table of registered models in DynamoDB: partition key <c>model_id</c>, sort key <c>created_at</c> (ISO 8601, UTC), indexes <c>ExecutionIdIndex</c> and <c>StatusIndex</c> with all
/// attributes. Models that another stage wrote into the table are left alone and not seen. A listing by an index may be a moment late.
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
        return await FindItemAsync(model.ModelId, cancellationToken).ConfigureAwait(false) is null
            && await _table.TryPutAsync(item, $"attribute_not_exists({ModelItems.Partition})", values: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ModelRecord?> FindAsync(string modelId, CancellationToken cancellationToken = default) =>
        await FindItemAsync(modelId, cancellationToken).ConfigureAwait(false) is { } item ? ModelItems.ToModel(item) : null;

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
        var models = await items.Where(ModelItems.IsOurs).Select(ModelItems.ToModel).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var model in models.OrderByDescending(model => model.CreatedAt).ThenBy(model => model.ModelId, StringComparer.Ordinal))
        {
            if (status is null || model.Status == status)
            {
                yield return model;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<bool> SetStatusAsync(string modelId, string status, CancellationToken cancellationToken = default)
    {
        if (await FindItemAsync(modelId, cancellationToken).ConfigureAwait(false) is not { } item)
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
        return await _table.TryUpdateAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Dictionary<string, AttributeValue>?> FindItemAsync(string modelId, CancellationToken cancellationToken)
    {
        var request = new QueryRequest
        {
            KeyConditionExpression = $"{ModelItems.Partition} = :id",
            ExpressionAttributeValues = new() { [":id"] = Attributes.Of(modelId) },
            ConsistentRead = true,
        };
        return await _table.QueryAsync(request, cancellationToken).FirstOrDefaultAsync(ModelItems.IsOurs, cancellationToken).ConfigureAwait(false);
    }

    private static QueryRequest Index(string name, string key, string? value) => new()
    {
        IndexName = name,
        KeyConditionExpression = "#key = :key",
        ExpressionAttributeNames = new() { ["#key"] = key },
        ExpressionAttributeValues = new() { [":key"] = Attributes.Of(value!) },
    };
}
