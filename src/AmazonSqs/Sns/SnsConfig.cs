using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace MacroCausal.AmazonSqs.Sns;

/// <summary>
/// Settings of the SNS client. Region, endpoint (<c>AWS_ENDPOINT_URL_SNS</c>, <c>AWS_ENDPOINT_URL</c>), retries and timeouts that are not
/// set here come from the environment and the shared configuration file, as for every client of the SDK.
/// </summary>
public sealed class SnsConfig : ClientConfig
{
    private const string EndpointParameter = "Endpoint";
    private const string RegionParameter = "Region";

    /// <summary>Takes the SDK's standard defaults.</summary>
    public SnsConfig()
        : base(new Defaults())
    {
        ServiceId = "SNS";
        AuthenticationServiceName = "sns";
        EndpointProvider = new SnsEndpoints();
    }

    /// <summary>The service's name in its endpoints' host names: <c>sns</c>.</summary>
    public override string RegionEndpointServiceName => "sns";

    /// <summary>The version of SNS's query API: <c>2010-03-31</c>.</summary>
    public override string ServiceVersion => "2010-03-31";

    /// <summary>The user agent of the calls: <c>macrocausal-sns/1</c>.</summary>
    public override string UserAgent => "macrocausal-sns/1";

    /// <summary>The endpoint that an operation is sent to.</summary>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(Parameters(this, parameters?.AlternateEndpoint?.SystemName));

    internal static EndpointParameters Parameters(IClientConfig config, string? alternateRegion) => new()
    {
        [EndpointParameter] = config.ServiceURL,
        [RegionParameter] = alternateRegion ?? config.RegionEndpoint?.SystemName ?? config.AuthenticationRegion,
    };

    private sealed class SnsEndpoints : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters)
        {
            if (parameters[EndpointParameter] is string { Length: > 0 } url) return new Endpoint(url);
            if (parameters[RegionParameter] is not string { Length: > 0 } region)
            {
                throw new AmazonClientException("SNS has no region. Name one in cfg.Host(\"eu-west-1\", ...) or in AWS_REGION.");
            }

            return new Endpoint($"https://sns.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}");
        }
    }

    private sealed class Defaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(
            RegionEndpoint clientRegion,
            DefaultConfigurationMode? requestedConfigurationMode = null) => new DefaultConfiguration
            {
                Name = DefaultConfigurationMode.Standard,
                RetryMode = RequestRetryMode.Standard,
                ConnectTimeout = TimeSpan.FromSeconds(3.1),
            };
    }
}
