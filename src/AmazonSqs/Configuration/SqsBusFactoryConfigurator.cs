using MacroCausal.AmazonSqs.Receiving;
using MassTransit;
using MassTransit.Configuration;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>What the callback of <c>UsingAmazonSqs</c> configures; the queue's settings are those of the bus's own queue.</summary>
internal sealed class SqsBusFactoryConfigurator(SqsBusConfiguration bus) : BusFactoryConfigurator(bus), IAmazonSqsBusFactoryConfigurator, IBusFactory
{
    private readonly ReceiveSettings _settings = new(bus.Topologies.Consume.CreateTemporaryQueueName("bus"), durable: false, autoDelete: true);

    public ushort WaitTimeSeconds
    {
        set => _settings.WaitTimeSeconds = value;
    }

    public bool PurgeOnStartup
    {
        set => _settings.PurgeOnStartup = value;
    }

    public bool Durable
    {
        set => _settings.Durable = value;
    }

    public bool AutoDelete
    {
        set => _settings.AutoDelete = value;
    }

    public IDictionary<string, object> QueueAttributes => _settings.QueueAttributes;

    public IDictionary<string, object> QueueSubscriptionAttributes => _settings.SubscriptionAttributes;

    public IDictionary<string, string> QueueTags => _settings.QueueTags;

    public void Host(AmazonSqsHostSettings settings) => bus.Host.Settings = settings;

    public void OverrideDefaultBusEndpointQueueName(string value) => _settings.QueueName = value;

    void IAmazonSqsBusFactoryConfigurator.Publish<T>(Action<IAmazonSqsMessagePublishTopologyConfigurator<T>>? configureTopology) =>
        configureTopology?.Invoke(bus.Topologies.Publish.Of<T>());

    public void ReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter, Action<IAmazonSqsReceiveEndpointConfigurator>? configureEndpoint = null) =>
        bus.Host.ReceiveEndpoint(definition, endpointNameFormatter, configureEndpoint);

    public void ReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter, Action<IReceiveEndpointConfigurator>? configureEndpoint = null) =>
        bus.Host.ReceiveEndpoint(definition, endpointNameFormatter, configureEndpoint);

    public void ReceiveEndpoint(string queueName, Action<IAmazonSqsReceiveEndpointConfigurator> configureEndpoint) => bus.Host.ReceiveEndpoint(queueName, configureEndpoint);

    public void ReceiveEndpoint(string queueName, Action<IReceiveEndpointConfigurator> configureEndpoint) => bus.Host.ReceiveEndpoint(queueName, configureEndpoint);

    public IReceiveEndpointConfiguration CreateBusEndpointConfiguration(Action<IReceiveEndpointConfigurator> configure) =>
        bus.Host.CreateEndpoint(_settings, bus.BusEndpoint, configure);
}
