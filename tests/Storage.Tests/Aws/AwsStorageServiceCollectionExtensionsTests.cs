using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>The only tests that set the environment; whatever else runs meanwhile names its endpoint and credentials itself.</summary>
[Trait("Category", "Slow")]
public sealed class AwsStorageServiceCollectionExtensionsTests(AwsStores aws) : IClassFixture<AwsStores>, IDisposable
{
    private static readonly string[] Variables =
    [
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED",
    ];

    private readonly Dictionary<string, string?> _before = Variables.ToDictionary(name => name, Environment.GetEnvironmentVariable);

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    [Fact]
    public async Task Stores_work_with_what_the_environment_says()
    {
        SetEnvironment(
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", aws.DynamoDbUrl),
            ("AWS_ENDPOINT_URL_S3", aws.S3Url),
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"));
        var names = new AwsStorageOptions { StudyTable = $"studies-{Guid.NewGuid():N}", ModelRegistryTable = $"models-{Guid.NewGuid():N}" };
        await DynamoDbTables.CreateAsync(aws.DynamoDb, names);
        await aws.S3.PutBucketAsync(names.StudyTable);
        await using var services = new ServiceCollection().AddAwsStorage(names).BuildServiceProvider();

        await services.GetRequiredService<IObjectStore>().PutAsync($"s3://{names.StudyTable}/key", new MemoryStream([1]));
        (await services.GetRequiredService<IStudyStore>().TryAddStudyAsync(Records.Study())).ShouldBeTrue();
        (await services.GetRequiredService<IModelRegistry>().TryAddAsync(Records.Model())).ShouldBeTrue();
        (await services.GetRequiredService<IModelRegistries>().Open(names.ModelRegistryTable).TryAddAsync(Records.Model())).ShouldBeFalse();
        await Should.ThrowAsync<StoreException>(
            () => services.GetRequiredService<IModelRegistries>().Open("other-table").TryAddAsync(Records.Model()));
        services.GetRequiredService<IAmazonS3>().Config.ShouldBeOfType<AmazonS3Config>().ForcePathStyle.ShouldBeTrue();
    }

    [Fact]
    public void Without_an_endpoint_buckets_are_addressed_by_their_host_names()
    {
        SetEnvironment(("AWS_REGION", "eu-west-1"));

        AwsClients.S3Config().ForcePathStyle.ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_region_is_asked_for()
    {
        SetEnvironment(("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_CONFIG_FILE", "/nowhere"));
        await using var services = new ServiceCollection().AddAwsStorage(new()).BuildServiceProvider();

        Should.Throw<ObjectStoreException>(() => services.GetRequiredService<IObjectStore>()).Message.ShouldContain("set AWS_REGION");
        Should.Throw<StoreException>(() => services.GetRequiredService<IStudyStore>()).Message.ShouldContain("set AWS_REGION");
    }

    [Fact]
    public async Task A_registry_without_a_table_is_asked_for_its_setting()
    {
        SetEnvironment(("AWS_REGION", "eu-west-1"));
        await using var services = new ServiceCollection().AddAwsStorage(new()).BuildServiceProvider();

        Should.Throw<StoreException>(() => services.GetRequiredService<IModelRegistry>()).Message.ShouldContain("set MODEL_REGISTRY_TABLE");
    }

    [Fact]
    public void Names_of_tables_come_from_the_settings()
    {
        AwsStorageOptions.Read(_ => null).ShouldBe(new() { ModelRegistryTable = null, StudyTable = "macrocausal-studies" });
        AwsStorageOptions.Read(_ => "").ShouldBe(new() { ModelRegistryTable = null, StudyTable = "macrocausal-studies" });
        AwsStorageOptions.Read(name => name.ToLowerInvariant())
            .ShouldBe(new() { ModelRegistryTable = "model_registry_table", StudyTable = "study_table" });
    }

    private static void SetEnvironment(params (string Name, string Value)[] settings)
    {
        foreach (var name in Variables)
        {
            Environment.SetEnvironmentVariable(name, settings.FirstOrDefault(setting => setting.Name == name).Value);
        }

        // The SDK reads its settings once a process.
        FallbackInternalConfigurationFactory.Reset();
        FallbackRegionFactory.Reset();
    }
}
