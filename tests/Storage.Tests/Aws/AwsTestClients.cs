using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>The SDK's clients for one endpoint, with few retries or none and, where wanted, somebody in between.</summary>
internal static class AwsTestClients
{
    private static readonly BasicAWSCredentials Anyone = new("test", "test");

    /// <summary>Nobody listens there.</summary>
    public const string Nowhere = "http://127.0.0.1:1";

    public static AmazonS3Client S3(string url = Nowhere, Interceptor? interceptor = null, AWSCredentials? credentials = null, int retries = 1) =>
        new(credentials ?? Anyone, Configure(new AmazonS3Config { ForcePathStyle = true }, url, interceptor, retries));

    public static AmazonDynamoDBClient DynamoDb(string url = Nowhere, Interceptor? interceptor = null, AWSCredentials? credentials = null, int retries = 1) =>
        new(credentials ?? Anyone, Configure(new AmazonDynamoDBConfig(), url, interceptor, retries));

    private static TConfig Configure<TConfig>(TConfig config, string url, Interceptor? interceptor, int retries)
        where TConfig : ClientConfig
    {
        config.ServiceURL = url;
        config.AuthenticationRegion = "eu-west-1";
        config.MaxErrorRetry = retries;
        config.HttpClientFactory = interceptor;
        return config;
    }
}
