using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// The SDK's clients. Region, credentials, endpoints and retry mode are what the SDK finds by itself (environment, profile, web identity, instance role); only patience is ours.
/// </summary>
internal static class AwsClients
{
    // The SDK tries 3 times by default, DynamoDB 11 times (95 seconds before it says that nobody answers). 5 outlast a short throttling, and an end is said within 15 seconds.
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
