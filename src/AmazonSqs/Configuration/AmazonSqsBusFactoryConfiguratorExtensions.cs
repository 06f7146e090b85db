using Amazon.Runtime;
using MacroCausal.AmazonSqs.Configuration;
using MacroCausal.AmazonSqs.Topology;

namespace MassTransit;

/// <summary>Runs a bus on Amazon SQS and SNS, with the same calls as MassTransit.AmazonSQS.</summary>
public static class AmazonSqsBusFactoryConfiguratorExtensions
{
    /// <summary>Makes the bus use Amazon SQS and SNS; <paramref name="configure"/> must call <c>Host</c>.</summary>
    public static void UsingAmazonSqs(
        this IBusRegistrationConfigurator configurator,
        Action<IBusRegistrationContext, IAmazonSqsBusFactoryConfigurator>? configure = null) =>
        configurator.SetBusFactory(new SqsRegistrationBusFactory(configure));

    /// <summary>Sets the region of the queues and topics by its name (<c>eu-west-1</c>).</summary>
    public static void Host(
        this IAmazonSqsBusFactoryConfigurator configurator,
        string hostName,
        Action<IAmazonSqsHostConfigurator> configure) =>
        configurator.Host(new UriBuilder(SqsAddress.Scheme, hostName).Uri, configure);

    /// <summary>Sets the region and the scope by an address (<c>amazonsqs://eu-west-1/scope</c>).</summary>
    public static void Host(
        this IAmazonSqsBusFactoryConfigurator configurator,
        Uri hostAddress,
        Action<IAmazonSqsHostConfigurator> configure)
    {
        var host = new SqsHostConfigurator(hostAddress);
        configure(host);
        configurator.Host(host.Settings);
    }

    /// <summary>Takes region and credentials from the environment, in the standard order of the AWS SDK.</summary>
    public static void UseDefaultHost(
        this IAmazonSqsBusFactoryConfigurator configurator,
        Action<IAmazonSqsHostConfigurator>? configure = null)
    {
        var region = FallbackRegionFactory.GetRegionEndpoint()
            ?? throw new ConfigurationException("No AWS region is set. Set AWS_REGION, or name the region in cfg.Host(...).");
        configurator.Host(region.SystemName, configure ?? (_ => { }));
    }

    /// <summary>Adds an endpoint with a queue that is deleted when the endpoint stops.</summary>
    public static void ReceiveEndpoint(
        this IAmazonSqsBusFactoryConfigurator configurator,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configure = null) =>
        configurator.ReceiveEndpoint(new TemporaryEndpointDefinition(), DefaultEndpointNameFormatter.Instance, configure);

    /// <summary>Adds an endpoint whose name and limits come from its definition.</summary>
    public static void ReceiveEndpoint(
        this IAmazonSqsBusFactoryConfigurator configurator,
        IEndpointDefinition definition,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configure = null) =>
        configurator.ReceiveEndpoint(definition, DefaultEndpointNameFormatter.Instance, configure);
}
