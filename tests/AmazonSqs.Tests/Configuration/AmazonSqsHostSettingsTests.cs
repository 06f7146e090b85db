using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.SQS;
using MacroCausal.AmazonSqs.Sns;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Configuration;

/// <summary>Region, endpoint and credentials come the standard way of the AWS SDK.</summary>
[Collection("Environment")]
public sealed class AmazonSqsHostSettingsTests : IDisposable
{
    private static readonly string[] Names =
    [
        "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_SQS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    ];
    private readonly Dictionary<string, string?> _before = Names.ToDictionary(name => name, Environment.GetEnvironmentVariable);

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    [Theory]
    [InlineData("eu-west-1", "https://sns.eu-west-1.amazonaws.com")]
    [InlineData("cn-north-1", "https://sns.cn-north-1.amazonaws.com.cn")]
    [InlineData("us-gov-west-1", "https://sns.us-gov-west-1.amazonaws.com")]
    public async Task SNS_is_called_in_the_region_of_the_host(string region, string endpoint)
    {
        await using var broker = new AmazonSqsHostSettings(region) { Credentials = new BasicAWSCredentials("a", "b") }.Connect();

        Endpoint(broker.Sns.Config).ShouldBe(new Uri(endpoint));
        broker.Sns.Config.RegionEndpoint.SystemName.ShouldBe(region);
        broker.Sqs.Config.RegionEndpoint.SystemName.ShouldBe(region);
    }

    [Fact]
    public async Task Endpoints_are_taken_from_the_environment()
    {
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:2");

        await using var broker = new AmazonSqsHostSettings("eu-west-1") { Credentials = new BasicAWSCredentials("a", "b") }.Connect();

        Endpoint(broker.Sns.Config).ShouldBe(new Uri("http://127.0.0.1:2"));
        Endpoint(broker.Sqs.Config).ShouldBe(new Uri("http://127.0.0.1:1"));
        broker.Sns.Config.AuthenticationRegion.ShouldBe("eu-west-1");
    }

    [Fact]
    public async Task Settings_of_ones_own_are_kept()
    {
        await using var broker = new AmazonSqsHostSettings("eu-west-1")
        {
            Credentials = new BasicAWSCredentials("a", "b"),
            SqsConfig = new AmazonSQSConfig { ServiceURL = "http://127.0.0.1:3", AuthenticationRegion = "us-east-1" },
            SnsConfig = new SnsConfig { ServiceURL = "http://127.0.0.1:4" },
        }.Connect();

        Endpoint(broker.Sqs.Config).ShouldBe(new Uri("http://127.0.0.1:3"));
        broker.Sqs.Config.AuthenticationRegion.ShouldBe("us-east-1");
        Endpoint(broker.Sns.Config).ShouldBe(new Uri("http://127.0.0.1:4"));
    }

    [Fact]
    public void Web_identity_finds_the_library_that_it_needs() =>
        Type.GetType("Amazon.SecurityToken.AmazonSecurityTokenServiceClient, AWSSDK.SecurityToken").ShouldNotBeNull();

    private static Uri Endpoint(IClientConfig config) =>
        new(config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(new AmazonSQSRequestStub())).URL);

    private sealed class AmazonSQSRequestStub : AmazonWebServiceRequest;
}
