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
    /// Adds <see cref="IObjectStore"/>, <see cref="IStudyStore"/> and <see cref="IModelRegistry"/> over S3 and DynamoDB. Region,
    /// credentials and endpoints come the SDK's standard way. Where
    /// <c>AWS_ENDPOINT_URL</c> or <c>AWS_ENDPOINT_URL_S3</c> is set, buckets are addressed in the path. Buckets and tables must be there.
    /// Nothing is called before a store is used.
    /// </summary>
    /// <exception cref="StoreException">On use: no region is set, or the registry is asked for and <see
    /// cref="AwsStorageOptions.ModelRegistryTable"/> is not set.</exception>
    /// <exception cref="ObjectStoreException">On use of the objects: no region is set.</exception>
    public static IServiceCollection AddAwsStorage(this IServiceCollection services, AwsStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton<IAmazonS3>(_ =>
            Create(() => new AmazonS3Client(AwsClients.S3Config()), (message, cause) => new ObjectStoreException(message, cause)));
        services.TryAddSingleton<IAmazonDynamoDB>(_ =>
            Create(() => new AmazonDynamoDBClient(AwsClients.DynamoDbConfig()), (message, cause) => new StoreException(message, cause)));
        services.TryAddSingleton<IObjectStore, S3ObjectStore>();
        services.TryAddSingleton<IStudyStore>(provider =>
            new DynamoDbStudyStore(provider.GetRequiredService<IAmazonDynamoDB>(), options.StudyTable));
        services.TryAddSingleton<IModelRegistry>(provider =>
            new DynamoDbModelRegistry(provider.GetRequiredService<IAmazonDynamoDB>(), RegistryTable(options)));
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
        catch (AmazonClientException exception)
        {
            throw explain($"AWS cannot be used: {exception.Message.TrimEnd('.')}; set AWS_REGION, for example to us-east-1.", exception);
        }
    }
}

/// <summary>
/// Names of what is in AWS. Region, credentials and endpoints are not among them: they come the SDK's standard way (<c>AWS_REGION</c>,
/// <c>AWS_ENDPOINT_URL</c>, ...).
/// </summary>
public sealed record AwsStorageOptions
{
    /// <summary>The study table where none is named.</summary>
    public const string DefaultStudyTable = "macrocausal-studies";

    /// <summary>
    /// Table of registered models, <c>MODEL_REGISTRY_TABLE</c>. None: only a process that asks for the registry needs it.
    /// </summary>
    public string? ModelRegistryTable { get; init; }

    /// <summary>Table of the studies' records, <c>STUDY_TABLE</c>. Default: <see cref="DefaultStudyTable"/>.</summary>
    public string StudyTable { get; init; } = DefaultStudyTable;

    /// <summary>
    /// Reads both names with a function that knows the settings, such as <see cref="Environment.GetEnvironmentVariable(string)"/>; an
    /// empty setting counts as none.
    /// </summary>
    public static AwsStorageOptions Read(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return new()
        {
            ModelRegistryTable = setting("MODEL_REGISTRY_TABLE") is { Length: > 0 } registry ? registry : null,
            StudyTable = setting("STUDY_TABLE") is { Length: > 0 } studies ? studies : DefaultStudyTable,
        };
    }
}

/// <summary>
/// The SDK's clients. Region, credentials, endpoints and retry mode are what the SDK finds by itself (environment, profile, web identity,
/// instance role); only patience is ours.
/// </summary>
internal static class AwsClients
{
    // The SDK tries 3 times by default, DynamoDB 11 times (95 seconds before it says that nobody answers). 5 outlast a short throttling,
    // and an end is said within 15 seconds.
    private const int Retries = 4;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RecordTimeout = TimeSpan.FromSeconds(10);

    // For the 8 MiB of a part, over a slow line.
    private static readonly TimeSpan PartTimeout = TimeSpan.FromMinutes(5);

    public static AmazonS3Config S3Config()
    {
        // Of a configuration of its own: one whose ServiceURL was read before its client is made forgets the environment's endpoint.
        var hasEndpoint = new AmazonS3Config().ServiceURL is not null;

        // A host name of its own for each bucket is something that only AWS has.
        return Patient(new AmazonS3Config { Timeout = PartTimeout, ForcePathStyle = hasEndpoint });
    }

    public static AmazonDynamoDBConfig DynamoDbConfig() => Patient(new AmazonDynamoDBConfig { Timeout = RecordTimeout });

    private static TConfig Patient<TConfig>(TConfig config)
        where TConfig : ClientConfig
    {
        config.ConnectTimeout = ConnectTimeout;
        if (Environment.GetEnvironmentVariable("AWS_MAX_ATTEMPTS") is null or "")
        {
            config.MaxErrorRetry = Retries;
        }

        return config;
    }
}
