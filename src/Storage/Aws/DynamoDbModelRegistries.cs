using Amazon.DynamoDBv2;

namespace MacroCausal.Storage.Aws;

/// <summary>Tables of models in DynamoDB, by name.</summary>
internal sealed class DynamoDbModelRegistries(IAmazonDynamoDB client) : IModelRegistries
{
    public IModelRegistry Open(string table) => new DynamoDbModelRegistry(client, table);
}
