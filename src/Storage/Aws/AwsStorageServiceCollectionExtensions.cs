using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MacroCausal.Storage.Aws;

/// <summary>Storage of the services on AWS: objects in S3, records in DynamoDB.</summary>
public static class AwsStorageServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IObjectStore"/>, <see cref="IStudyStore"/> and <see cref="IModelRegistry"/> over S3 and DynamoDB. Region, credentials and endpoints come the SDK's standard way. Where
    /// <c>AWS_ENDPOINT_URL</c> or <c>AWS_ENDPOINT_URL_S3</c> is set, buckets are addressed in the path. Buckets and tables must be there. Nothing is called before a store is used.
    /// </summary>
    /// <exception cref="StoreException">On use: no region is set, or the registry is asked for and <see cref="AwsStorageOptions.ModelRegistryTable"/> is not set.</exception>
    /// <exception cref="ObjectStoreException">On use of the objects: no region is set.</exception>
    public static IServiceCollection AddAwsStorage(this IServiceCollection services, AwsStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton<IAmazonS3>(_ => Create(() => new AmazonS3Client(AwsClients.S3Config()), (message, cause) => new ObjectStoreException(message, cause)));
        services.TryAddSingleton<IAmazonDynamoDB>(_ => Create(() => new AmazonDynamoDBClient(AwsClients.DynamoDbConfig()), (message, cause) => new StoreException(message, cause)));
        services.TryAddSingleton<IObjectStore, S3ObjectStore>();
        services.TryAddSingleton<IStudyStore>(provider => new DynamoDbStudyStore(provider.GetRequiredService<IAmazonDynamoDB>(), options.StudyTable));
        services.TryAddSingleton<IModelRegistry>(provider => new DynamoDbModelRegistry(provider.GetRequiredService<IAmazonDynamoDB>(), RegistryTable(options)));
        services.TryAddSingleton<IModelRegistries, DynamoDbModelRegistries>();
        return services;
    }

    private static string RegistryTable(AwsStorageOptions options) =>
        options.ModelRegistryTable ?? throw new StoreException("No table of registered models is named; set MODEL_REGISTRY_TABLE.");

    private static TClient Create<TClient>(Func<TClient> create, Func<string, Exception, Exception> explain)
    {
        try
        {
            return create();
        }
        catch (AmazonClientException failure)
        {
            throw explain($"AWS cannot be used: {failure.Message.TrimEnd('.')}; set AWS_REGION, for example to us-east-1.", failure);
        }
    }
}
