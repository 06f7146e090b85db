using Amazon;
using Amazon.Runtime;
using Amazon.SQS;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sns;
using MacroCausal.AmazonSqs.Topology;
using MassTransit.Transports;

namespace MassTransit;

/// <summary>
/// Configures the region, the credentials and the clients. What is not set here the AWS SDK finds in its standard order: environment,
/// shared configuration file, web identity, instance or container role.
/// </summary>
public interface IAmazonSqsHostConfigurator
{
    /// <summary>Sets the access key; to be used with <see cref="SecretKey"/>.</summary>
    void AccessKey(string accessKey);

    /// <summary>Sets the secret key; to be used with <see cref="AccessKey"/>.</summary>
    void SecretKey(string secretKey);

    /// <summary>Sets the credentials. Default: the SDK's credentials chain.</summary>
    void Credentials(AWSCredentials credentials);

    /// <summary>
    /// Sets a scope, which appears in the addresses of queues. With <paramref name="scopeTopics"/> the names of topics begin with the scope
    /// and <c>_</c>. To scope the names of queues, use an endpoint name formatter with a prefix.
    /// </summary>
    void Scope(string scope, bool scopeTopics = false);

    /// <summary>Makes the names of topics begin with the scope.</summary>
    void EnableScopedTopics();

    /// <summary>Replaces the SQS client's settings.</summary>
    void Config(AmazonSQSConfig config);

    /// <summary>Replaces the SNS client's settings.</summary>
    void Config(SnsConfig config);

    /// <summary>Decides which headers become attributes of a message. Default: all that are text.</summary>
    void AllowTransportHeader(AllowTransportHeader? allowTransportHeader);
}

/// <summary>Region, credentials and clients of a bus on Amazon SQS and SNS.</summary>
/// <param name="Region">The region's name, <c>eu-west-1</c>.</param>
public sealed record AmazonSqsHostSettings(string Region)
{
    /// <summary>A scope for names; see <see cref="IAmazonSqsHostConfigurator.Scope"/>. Default: none.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Whether the names of topics begin with the scope. Default: false.</summary>
    public bool ScopeTopics { get; init; }

    /// <summary>The caller's credentials. Default: null, the SDK's credentials chain.</summary>
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

    /// <summary>
    /// A custom endpoint (an emulator, a VPC endpoint) has no region in its name, but calls to it are still signed for one.
    /// </summary>
    private T InRegion<T>(T config)
        where T : ClientConfig
    {
        if (config.RegionEndpoint is null && config.ServiceURL is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        }

        if (string.IsNullOrEmpty(config.AuthenticationRegion))
        {
            config.AuthenticationRegion = Region;
        }

        return config;
    }
}

/// <summary>Collects the settings of a host.</summary>
internal sealed class SqsHostConfigurator(Uri address) : IAmazonSqsHostConfigurator
{
    private AmazonSqsHostSettings _settings = new(address.Host) { Scope = address.AbsolutePath.Trim('/') };
    private string? _accessKey;
    private string? _secretKey;

    public AmazonSqsHostSettings Settings => _settings;

    public void AccessKey(string accessKey) => SetKeys(accessKey, _secretKey);

    public void SecretKey(string secretKey) => SetKeys(_accessKey, secretKey);

    public void Credentials(AWSCredentials credentials) => _settings = _settings with { Credentials = credentials };

    public void Scope(string scope, bool scopeTopics = false) =>
        _settings = _settings with { Scope = scope.Trim('/'), ScopeTopics = scopeTopics || _settings.ScopeTopics };

    public void EnableScopedTopics() => _settings = _settings with { ScopeTopics = true };

    public void Config(AmazonSQSConfig config) => _settings = _settings with { SqsConfig = config };

    public void Config(SnsConfig config) => _settings = _settings with { SnsConfig = config };

    public void AllowTransportHeader(AllowTransportHeader? allowTransportHeader) =>
        _settings = _settings with { AllowTransportHeader = allowTransportHeader };

    private void SetKeys(string? accessKey, string? secretKey)
    {
        (_accessKey, _secretKey) = (accessKey, secretKey);
        if (accessKey is not null && secretKey is not null)
        {
            Credentials(new BasicAWSCredentials(accessKey, secretKey));
        }
    }
}
