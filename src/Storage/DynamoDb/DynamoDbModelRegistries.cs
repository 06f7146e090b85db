using Amazon.DynamoDBv2;
using MacroCausal.Storage.Models;

namespace MacroCausal.Storage.DynamoDb;

/// <summary>Tables of models in DynamoDB, by name.</summary>
internal sealed class DynamoDbModelRegistries(IAmazonDynamoDB client) : IModelRegistries
{
    public IModelRegistry Open(string table) => new DynamoDbModelRegistry(client, table);
}
