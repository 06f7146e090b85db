using System.Net;
using System.Text;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>The SDK's clients for one endpoint, with few retries or none and, where wanted, somebody in between.</summary>
internal static class AwsTestClients
{
    private static readonly BasicAWSCredentials Anyone = new("test", "test");

    /// <summary>Nobody listens there.</summary>
    public const string Nowhere = "http://127.0.0.1:1";

    public static AmazonS3Client S3(
        string url = Nowhere, Interceptor? interceptor = null, AWSCredentials? credentials = null, int retries = 1) =>
        new(credentials ?? Anyone, Configure(new AmazonS3Config { ForcePathStyle = true }, url, interceptor, retries));

    public static AmazonDynamoDBClient DynamoDb(
        string url = Nowhere, Interceptor? interceptor = null, AWSCredentials? credentials = null, int retries = 1) =>
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

/// <summary>The SDK's clients for the emulators of S3 and DynamoDB, which all tests of this process share.</summary>
public sealed class AwsStores : IAsyncLifetime
{
    public string S3Url { get; private set; } = null!;

    public string DynamoDbUrl { get; private set; } = null!;

    public IAmazonS3 S3 { get; private set; } = null!;

    public IAmazonDynamoDB DynamoDb { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var emulator = await AwsEmulator.Shared;
        S3Url = emulator.Endpoint.ToString();
        DynamoDbUrl = emulator.DynamoDb.ToString();
        S3 = AwsTestClients.S3(S3Url);
        DynamoDb = AwsTestClients.DynamoDb(DynamoDbUrl);
    }

    public Task DisposeAsync()
    {
        S3.Dispose();
        DynamoDb.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Errors as S3 and DynamoDB put them.</summary>
internal static class AwsAnswers
{
    public static HttpResponseMessage S3(HttpStatusCode status, string code, string message = "Something is wrong.") =>
        Answer(
            status,
            $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message>"""
            + "<RequestId>1</RequestId></Error>",
            "application/xml");

    public static HttpResponseMessage DynamoDb(
        HttpStatusCode status, string code, string message = "Something is wrong.", string more = "") => Answer(
            status,
            $$"""{"__type":"com.amazonaws.dynamodb.v20120810#{{code}}","message":"{{message}}"{{more}}}""",
            "application/x-amz-json-1.0");

    private static HttpResponseMessage Answer(HttpStatusCode status, string body, string type) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };
}

/// <summary>Stands between the SDK and the network: sees every request, and answers it, passes it on, or loses what comes back.</summary>
internal sealed class Interceptor(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> act)
    : HttpClientFactory
{
    /// <summary>Answers the first request with each of these and passes on what follows.</summary>
    public static Interceptor First(params HttpResponseMessage[] answers)
    {
        var waiting = new Queue<HttpResponseMessage>(answers);
        return new((_, send) => waiting.TryDequeue(out var answer) ? Task.FromResult(answer) : send());
    }

    /// <summary>Answers every request alike.</summary>
    public static Interceptor Always(Func<HttpResponseMessage> answer) => new((_, _) => Task.FromResult(answer()));

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(act));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    private sealed class Handler(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> act)
        : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            act(request, () => base.SendAsync(request, cancellationToken));
    }
}

/// <summary>What the SDK's chain does on a machine without any.</summary>
internal sealed class NoCredentials : AWSCredentials
{
    public override ImmutableCredentials GetCredentials() =>
        throw new AmazonClientException(
            "Failed to resolve AWS credentials. "
            + "The credential providers used to search for credentials returned the following errors:\n\nException 1 of 4: ...");
}
