using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Aws;

[Trait("Category", "Slow")]
public sealed class S3ObjectStoreTests(AwsStores aws) : ObjectStoreCompliance, IClassFixture<AwsStores>
{
    protected override string Bucket { get; } = $"test-{Guid.NewGuid():N}";

    protected override async Task<IObjectStore> OpenAsync()
    {
        await aws.S3.PutBucketAsync(Bucket);
        return new S3ObjectStore(aws.S3);
    }
}
