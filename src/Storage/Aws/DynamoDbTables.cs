using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// Makes the tables, on demand-billed capacity, for emulators and tests. In AWS they belong to the infrastructure (<c>deploy/cdk</c>),
/// which also sets the registry's TTL attribute
/// <c>ttl</c>, point-in-time recovery and encryption; no service creates a table.
/// </summary>
public static class DynamoDbTables
{
    /// <summary>
    /// Makes the tables that the options name, leaves those that are there as they are, and returns when they can be used.
    /// </summary>
    /// <exception cref="StoreException">DynamoDB refuses to make one, or cannot be reached.</exception>
    public static async Task CreateAsync(IAmazonDynamoDB client, AwsStorageOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        await CreateAsync(client, Studies(options.StudyTable), "STUDY_TABLE", cancellationToken);
        if (options.ModelRegistryTable is { } registry)
        {
            await CreateAsync(client, Models(registry), "MODEL_REGISTRY_TABLE", cancellationToken);
        }
    }

    private static CreateTableRequest Studies(string name) => Table(
        name,
        Keys(StudyKeys.Partition, StudyKeys.Sort),
        Index(StudyKeys.Index, StudyKeys.IndexPartition, StudyKeys.IndexSort, ProjectionType.KEYS_ONLY));

    private static CreateTableRequest Models(string name) => Table(
        name,
        Keys(ModelItems.Partition, ModelItems.Sort),
        Index(ModelItems.ExecutionIdIndex, ModelItems.ExecutionId, ModelItems.Sort, ProjectionType.ALL),
        Index(ModelItems.StatusIndex, ModelItems.Status, ModelItems.Sort, ProjectionType.ALL));

    private static CreateTableRequest Table(string name, List<KeySchemaElement> keys, params List<GlobalSecondaryIndex> indexes) => new()
    {
        TableName = name,
        BillingMode = BillingMode.PAY_PER_REQUEST,
        KeySchema = keys,
        GlobalSecondaryIndexes = indexes,
        AttributeDefinitions =
        [
            .. keys.Concat(indexes.SelectMany(index => index.KeySchema))
                .Select(key => key.AttributeName)
                .Distinct()
                .Select(attribute => new AttributeDefinition(attribute, ScalarAttributeType.S)),
        ],
    };

    private static GlobalSecondaryIndex Index(string name, string partition, string sort, ProjectionType projection) =>
        new() { IndexName = name, KeySchema = Keys(partition, sort), Projection = new() { ProjectionType = projection } };

    private static List<KeySchemaElement> Keys(string partition, string sort) => [new(partition, KeyType.HASH), new(sort, KeyType.RANGE)];

    private static async Task CreateAsync(
        IAmazonDynamoDB client, CreateTableRequest request, string setting, CancellationToken cancellationToken)
    {
        try
        {
            await CreateIfMissingAsync(client, request, cancellationToken);
        }
        catch (Exception exception) when (AwsFailure.IsExplained(exception, cancellationToken))
        {
            throw DynamoDbFailure.Explain(client, request.TableName, setting, "CreateTable", exception);
        }
    }

    private static async Task CreateIfMissingAsync(IAmazonDynamoDB client, CreateTableRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateTableAsync(request, cancellationToken);
        }
        catch (ResourceInUseException)
        {
            // It is there, or somebody makes it just now.
        }

        while ((await client.DescribeTableAsync(request.TableName, cancellationToken)).Table.TableStatus != TableStatus.ACTIVE)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }
    }
}
