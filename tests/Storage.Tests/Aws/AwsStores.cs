using Amazon.DynamoDBv2;
using Amazon.S3;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Storage.Tests.Aws;

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
