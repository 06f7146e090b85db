using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Aws;

[Trait("Category", "Slow")]
public sealed class DynamoDbStudyStoreTests(AwsStores aws) : StudyStoreCompliance, IClassFixture<AwsStores>
{
    private readonly AwsStorageOptions _names = new() { StudyTable = $"studies-{Guid.NewGuid():N}" };

    protected override async Task<IStudyStore> OpenAsync()
    {
        await DynamoDbTables.CreateAsync(aws.DynamoDb, _names);
        return new DynamoDbStudyStore(aws.DynamoDb, _names.StudyTable);
    }
}
