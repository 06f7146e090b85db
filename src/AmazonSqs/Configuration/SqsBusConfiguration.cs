using MacroCausal.AmazonSqs.Receiving;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Observables;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>Makes the bus that was registered with <c>UsingAmazonSqs</c>.</summary>
internal sealed class SqsRegistrationBusFactory : TransportRegistrationBusFactory<IAmazonSqsReceiveEndpointConfigurator>
{
    private readonly SqsBusConfiguration _bus;
    private readonly Action<IBusRegistrationContext, IAmazonSqsBusFactoryConfigurator>? _configure;

    public SqsRegistrationBusFactory(Action<IBusRegistrationContext, IAmazonSqsBusFactoryConfigurator>? configure)
        : this(new SqsBusConfiguration(new SqsTopologyConfiguration()), configure)
    {
    }

    private SqsRegistrationBusFactory(SqsBusConfiguration bus, Action<IBusRegistrationContext, IAmazonSqsBusFactoryConfigurator>? configure)
        : base(bus.Host) => (_bus, _configure) = (bus, configure);

    public override IBusInstance CreateBus(
        IBusRegistrationContext context,
        IEnumerable<IBusInstanceSpecification> specifications,
        string busName) =>
        CreateBus(new SqsBusFactoryConfigurator(_bus), context, _configure, specifications);
}

/// <summary>What the callback of <c>UsingAmazonSqs</c> configures; the queue's settings are those of the bus's own queue.</summary>
internal sealed class SqsBusFactoryConfigurator(SqsBusConfiguration bus)
    : BusFactoryConfigurator(bus), IAmazonSqsBusFactoryConfigurator, IBusFactory
{
    private readonly ReceiveSettings _settings =
        new(bus.Topologies.Consume.CreateTemporaryQueueName("bus"), durable: false, autoDelete: true);

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
        configureTopology?.Invoke(bus.Topologies.Publish.ForMessage<T>());

    public void ReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter? endpointNameFormatter,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configureEndpoint = null) =>
        bus.Host.ReceiveEndpoint(definition, endpointNameFormatter, configureEndpoint);

    public void ReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter? endpointNameFormatter,
        Action<IReceiveEndpointConfigurator>? configureEndpoint = null) =>
        bus.Host.ReceiveEndpoint(definition, endpointNameFormatter, configureEndpoint);

    public void ReceiveEndpoint(string queueName, Action<IAmazonSqsReceiveEndpointConfigurator> configureEndpoint) =>
        bus.Host.ReceiveEndpoint(queueName, configureEndpoint);

    public void ReceiveEndpoint(string queueName, Action<IReceiveEndpointConfigurator> configureEndpoint) =>
        bus.Host.ReceiveEndpoint(queueName, configureEndpoint);

    public IReceiveEndpointConfiguration CreateBusEndpointConfiguration(Action<IReceiveEndpointConfigurator> configure) =>
        bus.Host.CreateEndpoint(_settings, bus.BusEndpoint, configure);
}

/// <summary>The configuration of a whole bus.</summary>
internal sealed class SqsBusConfiguration : SqsEndpointConfiguration, IBusConfiguration
{
    private readonly BusObservable _observers = new();

    public SqsBusConfiguration(SqsTopologyConfiguration topologies)
        : base(topologies)
    {
        Host = new SqsHostConfiguration(this);
        BusEndpoint = CreateEndpoint(isBusEndpoint: true);
    }

    public SqsHostConfiguration Host { get; }

    public SqsEndpointConfiguration BusEndpoint { get; }

    IHostConfiguration IBusConfiguration.HostConfiguration => Host;

    IEndpointConfiguration IBusConfiguration.BusEndpointConfiguration => BusEndpoint;

    IBusObserver IBusConfiguration.BusObservers => _observers;

    public ConnectHandle ConnectBusObserver(IBusObserver observer) => _observers.Connect(observer);

    public ConnectHandle ConnectEndpointConfigurationObserver(IEndpointConfigurationObserver observer) =>
        Host.ConnectEndpointConfigurationObserver(observer);
}

/// <summary>The configuration of a bus or of one of its endpoints.</summary>
internal class SqsEndpointConfiguration : EndpointConfiguration
{
    protected SqsEndpointConfiguration(SqsTopologyConfiguration topologies)
        : base(topologies) => Topologies = topologies;

    private SqsEndpointConfiguration(SqsEndpointConfiguration parent, SqsTopologyConfiguration topologies, bool isBusEndpoint)
        : base(parent, topologies, isBusEndpoint) => Topologies = topologies;

    public SqsTopologyConfiguration Topologies { get; }

    public SqsEndpointConfiguration CreateEndpoint(bool isBusEndpoint = false) =>
        new(this, new SqsTopologyConfiguration(Topologies), isBusEndpoint);
}
