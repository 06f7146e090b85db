using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Receiving;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Middleware;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>The host's settings, its endpoints, and the broker that they share.</summary>
internal sealed class SqsHostConfiguration : BaseHostConfiguration<SqsReceiveEndpointConfiguration, IAmazonSqsReceiveEndpointConfigurator>
{
    private readonly SqsBusConfiguration _bus;
    private readonly object _gate = new();
    private AmazonSqsHostSettings? _settings;
    private SqsBroker? _broker;

    public SqsHostConfiguration(SqsBusConfiguration bus)
        : base(bus)
    {
        _bus = bus;
        Topology = new SqsBusTopology(this, bus.Topologies);
        ReceiveTransportRetryPolicy = Retry.CreatePolicy(retry =>
        {
            retry.Handle<SqsTransportException>();
            retry.Exponential(int.MaxValue, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(3));
        });
    }

    /// <exception cref="ConfigurationException">The host was not configured.</exception>
    public AmazonSqsHostSettings Settings
    {
        get => _settings ?? throw new ConfigurationException(
            "The bus has no host. Call cfg.Host(\"eu-west-1\", h => { }) first in UsingAmazonSqs.");
        set
        {
            _settings = value;
            var prefix = SqsAddress.ScopePrefix(value.HostAddress);
            if (value.ScopeTopics && prefix.Length > 0)
            {
                Topologies.Message.SetEntityNameFormatter(new PrefixEntityNameFormatter(Topologies.Message.EntityNameFormatter, prefix));
            }
        }
    }

    public SqsTopologyConfiguration Topologies => _bus.Topologies;

    public override Uri HostAddress => Settings.HostAddress;

    public override IBusTopology Topology { get; }

    public override IRetryPolicy ReceiveTransportRetryPolicy { get; }

    public SqsBroker Broker()
    {
        lock (_gate)
        {
            return _broker ??= Settings.Connect();
        }
    }

    /// <summary>Closes the broker; a bus that is started again gets a new one.</summary>
    public async Task Disconnect()
    {
        SqsBroker? broker;
        lock (_gate)
        {
            (broker, _broker) = (_broker, null);
        }

        if (broker is not null)
        {
            await broker.DisposeAsync().ConfigureAwait(false);
        }
    }

    public SqsReceiveEndpointConfiguration CreateEndpoint(string queueName, Action<IAmazonSqsReceiveEndpointConfigurator>? configure) =>
        CreateEndpoint(new ReceiveSettings(queueName, durable: true, autoDelete: false), _bus.CreateEndpoint(), configure);

    public SqsReceiveEndpointConfiguration CreateEndpoint(
        ReceiveSettings settings,
        SqsEndpointConfiguration endpoint,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configure)
    {
        var configuration = new SqsReceiveEndpointConfiguration(this, settings, endpoint);
        configure?.Invoke(configuration);
        Observers.EndpointConfigured(configuration);
        Add(configuration);
        return configuration;
    }

    public void Apply(IAmazonSqsReceiveEndpointConfigurator configurator, IEndpointDefinition definition)
    {
        if (definition.IsTemporary)
        {
            (configurator.AutoDelete, configurator.Durable) = (true, false);
        }

        ApplyEndpointDefinition(configurator, definition);
    }

    public override void ReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter? endpointNameFormatter,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configureEndpoint = null) =>
        ReceiveEndpoint(definition.GetEndpointName(endpointNameFormatter ?? DefaultEndpointNameFormatter.Instance), configurator =>
        {
            Apply(configurator, definition);
            configureEndpoint?.Invoke(configurator);
        });

    public override void ReceiveEndpoint(string queueName, Action<IAmazonSqsReceiveEndpointConfigurator> configureEndpoint) =>
        CreateEndpoint(queueName, configureEndpoint);

    public override IReceiveEndpointConfiguration CreateReceiveEndpointConfiguration(
        string queueName,
        Action<IReceiveEndpointConfigurator>? configure) =>
        CreateEndpoint(queueName, configure);

    public override IHost Build()
    {
        var host = new SqsHost(this);
        foreach (var endpoint in GetConfiguredEndpoints())
        {
            endpoint.Build(host);
        }

        return host;
    }

    private sealed class SqsBusTopology(IHostConfiguration host, ITopologyConfiguration topologies) : BusTopology(host, topologies);
}

/// <summary>The running bus: its endpoints, and the broker that is closed when it stops.</summary>
internal sealed class SqsHost(SqsHostConfiguration configuration)
    : BaseHost(configuration, configuration.Topology), IHost<IAmazonSqsReceiveEndpointConfigurator>
{
    public override HostReceiveEndpointHandle ConnectReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter? endpointNameFormatter,
        Action<IReceiveEndpointConfigurator>? configureEndpoint = null) =>
        ConnectReceiveEndpoint(definition, endpointNameFormatter, (Action<IAmazonSqsReceiveEndpointConfigurator>?)configureEndpoint);

    public override HostReceiveEndpointHandle ConnectReceiveEndpoint(
        string queueName,
        Action<IReceiveEndpointConfigurator>? configureEndpoint = null) =>
        ConnectReceiveEndpoint(queueName, (Action<IAmazonSqsReceiveEndpointConfigurator>?)configureEndpoint);

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter? endpointNameFormatter = null,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        var name = definition.GetEndpointName(endpointNameFormatter ?? DefaultEndpointNameFormatter.Instance);
        return ConnectReceiveEndpoint(name, (IAmazonSqsReceiveEndpointConfigurator configurator) =>
        {
            configuration.Apply(configurator, definition);
            configureEndpoint?.Invoke(configurator);
        });
    }

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(
        string queueName,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        LogContext.SetCurrentIfNull(configuration.LogContext);
        var endpoint = configuration.CreateEndpoint(queueName, configureEndpoint);
        endpoint.Validate().ThrowIfContainsFailure("The receive endpoint configuration is invalid:");
        endpoint.Build(this);
        return ReceiveEndpoints.Start(queueName);
    }

    protected override void Probe(ProbeContext context) =>
        context.Set(new { Type = "AmazonSQS", configuration.Settings.Region, configuration.Settings.Scope });

    protected override IAgent[] GetAgentHandles() => [new BrokerAgent(configuration)];

    private sealed class BrokerAgent(SqsHostConfiguration configuration) : Agent
    {
        protected override async Task StopAgent(StopContext context)
        {
            await configuration.Disconnect().ConfigureAwait(false);
            await base.StopAgent(context).ConfigureAwait(false);
        }
    }
}
