using Amazon;
using Amazon.Runtime;
using Amazon.SQS;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sns;
using MacroCausal.AmazonSqs.Topology;
using MassTransit.Transports;

namespace MassTransit;

/// <summary>Where the queues and topics of a bus are, and who calls.</summary>
/// <param name="Region">The region's name, <c>eu-west-1</c>.</param>
public sealed record AmazonSqsHostSettings(string Region)
{
    /// <summary>A scope for names; see <see cref="IAmazonSqsHostConfigurator.Scope"/>. Default: none.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Whether the names of topics begin with the scope. Default: false.</summary>
    public bool ScopeTopics { get; init; }

    /// <summary>Who calls. Default: null, the SDK's credentials chain.</summary>
    public AWSCredentials? Credentials { get; init; }

    /// <summary>Settings of the SQS client. Default: null, the SDK's own.</summary>
    public AmazonSQSConfig? SqsConfig { get; init; }

    /// <summary>Settings of the SNS client. Default: null, the SDK's own.</summary>
    public SnsConfig? SnsConfig { get; init; }

    /// <summary>Which headers become attributes. Default: null, all that are text.</summary>
    public AllowTransportHeader? AllowTransportHeader { get; init; }

    /// <summary>The address of the host: <c>amazonsqs://eu-west-1/scope</c>.</summary>
    public Uri HostAddress => new UriBuilder(SqsAddress.Scheme, Region, -1, Scope).Uri;

    internal SqsBroker Connect()
    {
        var sqs = InRegion(SqsConfig ?? new AmazonSQSConfig());
        var sns = InRegion(SnsConfig ?? new SnsConfig());
        return Credentials is null
            ? new SqsBroker(new AmazonSQSClient(sqs), new SnsClient(sns))
            : new SqsBroker(new AmazonSQSClient(Credentials, sqs), new SnsClient(Credentials, sns));
    }

    /// <summary>An endpoint of one's own (an emulator, a VPC endpoint) has no region in its name, but calls to it are still signed for one.</summary>
    private T InRegion<T>(T config)
        where T : ClientConfig
    {
        if (config.RegionEndpoint is null && config.ServiceURL is null) config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        if (string.IsNullOrEmpty(config.AuthenticationRegion)) config.AuthenticationRegion = Region;
        return config;
    }
}
