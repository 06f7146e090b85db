using MacroCausal.AmazonSqs.Configuration;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Transports;
using MassTransit.Util;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>What everything at one endpoint shares.</summary>
internal sealed class SqsReceiveEndpointContext : BaseReceiveEndpointContext
{
    private readonly SqsHostConfiguration _host;
    private readonly Recycle<SqsClientContextSupervisor> _sessions;

    public SqsReceiveEndpointContext(SqsHostConfiguration host, SqsReceiveEndpointConfiguration configuration, IReadOnlyCollection<TopicSubscription> subscriptions)
        : base(host, configuration)
    {
        _host = host;
        (Settings, Subscriptions) = (configuration.Settings, subscriptions);
        _sessions = new Recycle<SqsClientContextSupervisor>(() => new SqsClientContextSupervisor(host.Broker));
    }

    public ReceiveSettings Settings { get; }

    public IReadOnlyCollection<TopicSubscription> Subscriptions { get; }

    public SqsClientContextSupervisor Sessions => _sessions.Supervisor;

    /// <summary>How many messages the endpoint holds at most. None is taken from others that could not be consumed at once.</summary>
    public int Capacity => Math.Max(1, Math.Min(PrefetchCount, ConcurrentMessageLimit ?? PrefetchCount));

    public override void AddSendAgent(IAgent agent) => Sessions.AddSendAgent(agent);

    public override void AddConsumeAgent(IAgent agent) => Sessions.AddConsumeAgent(agent);

    public override Exception ConvertException(Exception exception, string message) =>
        exception as ConnectionException ?? new SqsTransportException($"{message.Trim()} Queue '{Settings.QueueName}' at {_host.HostAddress}:", exception);

    public override void Probe(ProbeContext context)
    {
        context.Add("type", "AmazonSQS");
        context.Set(new { Settings.QueueName, Settings.Durable, Settings.AutoDelete, Settings.WaitTimeSeconds, Capacity, Topics = Subscriptions.Select(subscription => subscription.Topic.Name) });
    }

    protected override ISendTransportProvider CreateSendTransportProvider() => new SqsTransportProvider(_host, this);

    protected override IPublishTransportProvider CreatePublishTransportProvider() => new SqsTransportProvider(_host, this);
}
