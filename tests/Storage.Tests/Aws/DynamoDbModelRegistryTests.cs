using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Aws;

[Trait("Category", "Slow")]
public sealed class DynamoDbModelRegistryTests(AwsStores aws) : ModelRegistryCompliance, IClassFixture<AwsStores>
{
    private readonly AwsStorageOptions _names = new()
    {
        StudyTable = $"studies-{Guid.NewGuid():N}",
        ModelRegistryTable = $"models-{Guid.NewGuid():N}",
    };

    protected override async Task<IModelRegistry> OpenAsync()
    {
        await DynamoDbTables.CreateAsync(aws.DynamoDb, _names);
        return new DynamoDbModelRegistry(aws.DynamoDb, _names.ModelRegistryTable!);
    }
}
