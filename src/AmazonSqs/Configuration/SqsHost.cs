using MassTransit;
using MassTransit.Middleware;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>The running bus: its endpoints, and the broker that ends with it.</summary>
internal sealed class SqsHost(SqsHostConfiguration configuration) : BaseHost(configuration, configuration.Topology), IHost<IAmazonSqsReceiveEndpointConfigurator>
{
    public override HostReceiveEndpointHandle ConnectReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter? endpointNameFormatter,
        Action<IReceiveEndpointConfigurator>? configureEndpoint = null) =>
        ConnectReceiveEndpoint(definition, endpointNameFormatter, (Action<IAmazonSqsReceiveEndpointConfigurator>?)configureEndpoint);

    public override HostReceiveEndpointHandle ConnectReceiveEndpoint(string queueName, Action<IReceiveEndpointConfigurator>? configureEndpoint = null) =>
        ConnectReceiveEndpoint(queueName, (Action<IAmazonSqsReceiveEndpointConfigurator>?)configureEndpoint);

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(
        IEndpointDefinition definition,
        IEndpointNameFormatter? endpointNameFormatter = null,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configureEndpoint = null) =>
        ConnectReceiveEndpoint(definition.GetEndpointName(endpointNameFormatter ?? DefaultEndpointNameFormatter.Instance), (IAmazonSqsReceiveEndpointConfigurator configurator) =>
        {
            configuration.Apply(configurator, definition);
            configureEndpoint?.Invoke(configurator);
        });

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(string queueName, Action<IAmazonSqsReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        LogContext.SetCurrentIfNull(configuration.LogContext);
        var endpoint = configuration.CreateEndpoint(queueName, configureEndpoint);
        endpoint.Validate().ThrowIfContainsFailure("The receive endpoint configuration is invalid:");
        endpoint.Build(this);
        return ReceiveEndpoints.Start(queueName);
    }

    protected override void Probe(ProbeContext context) => context.Set(new { Type = "AmazonSQS", configuration.Settings.Region, configuration.Settings.Scope });

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
