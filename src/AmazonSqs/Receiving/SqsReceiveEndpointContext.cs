using System.Globalization;
using MacroCausal.AmazonSqs.Configuration;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Topology;
using MacroCausal.AmazonSqs.Visibility;
using MassTransit;
using MassTransit.Transports;
using MassTransit.Util;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>What the transports, the receiver and the filters of one endpoint share.</summary>
internal sealed class SqsReceiveEndpointContext : BaseReceiveEndpointContext
{
    private readonly SqsHostConfiguration _host;
    private readonly Recycle<SqsClientContextSupervisor> _supervisor;

    public SqsReceiveEndpointContext(
        SqsHostConfiguration host,
        SqsReceiveEndpointConfiguration configuration,
        IReadOnlyCollection<TopicSubscription> subscriptions)
        : base(host, configuration)
    {
        _host = host;
        (Settings, Subscriptions) = (configuration.Settings, subscriptions);
        _supervisor = new Recycle<SqsClientContextSupervisor>(() => new SqsClientContextSupervisor(host.Broker));
    }

    public ReceiveSettings Settings { get; }

    public IReadOnlyCollection<TopicSubscription> Subscriptions { get; }

    public SqsClientContextSupervisor Supervisor => _supervisor.Supervisor;

    /// <summary>The maximum number of messages in flight. The endpoint receives no message that it could not consume at once.</summary>
    public int Capacity => Math.Max(1, Math.Min(PrefetchCount, ConcurrentMessageLimit ?? PrefetchCount));

    public override void AddSendAgent(IAgent agent) => Supervisor.AddSendAgent(agent);

    public override void AddConsumeAgent(IAgent agent) => Supervisor.AddConsumeAgent(agent);

    public override Exception ConvertException(Exception exception, string message) =>
        exception as ConnectionException
        ?? new SqsTransportException($"{message.Trim()} Queue '{Settings.QueueName}' at {_host.HostAddress}:", exception);

    public override void Probe(ProbeContext context)
    {
        context.Add("type", "AmazonSQS");
        context.Set(new
        {
            Settings.QueueName,
            Settings.Durable,
            Settings.AutoDelete,
            Settings.WaitTimeSeconds,
            Capacity,
            Topics = Subscriptions.Select(subscription => subscription.Topic.Name),
        });
    }

    protected override ISendTransportProvider CreateSendTransportProvider() => new SqsTransportProvider(_host, this);

    protected override IPublishTransportProvider CreatePublishTransportProvider() => new SqsTransportProvider(_host, this);
}

/// <summary>How an endpoint receives, as configured; times in seconds.</summary>
internal sealed class ReceiveSettings(string queueName, bool durable, bool autoDelete)
{
    public const int MaxWaitTimeSeconds = 20;
    private const int MaxRedeliveryDelaySeconds = 300;
    private const int MaxDoublings = 20;

    public string QueueName { get; set; } = queueName;

    public bool Durable { get; set; } = durable;

    public bool AutoDelete { get; set; } = autoDelete;

    public bool PurgeOnStartup { get; set; }

    public int WaitTimeSeconds { get; set; } = 3;

    public int RedeliverVisibilityTimeout { get; set; } = 1;

    public int MaxVisibilityTimeoutRenewal { get; set; } = 60;

    public TimeSpan MaxVisibilityTimeout { get; set; } = RenewalSchedule.MaxSqsVisibility;

    public Dictionary<string, object> QueueAttributes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, object> SubscriptionAttributes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> QueueTags { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// How long a message is hidden that was given back: <see cref="RedeliverVisibilityTimeout"/> after its first delivery, twice as long
    /// after each further one, at most 300 seconds or what is set.
    /// </summary>
    public TimeSpan RedeliveryDelay(int deliveries)
    {
        var seconds = RedeliverVisibilityTimeout * Math.Pow(2, Math.Min(deliveries, MaxDoublings) - 1);
        return TimeSpan.FromSeconds(Math.Min(seconds, Math.Max(MaxRedeliveryDelaySeconds, RedeliverVisibilityTimeout)));
    }

    public QueueSettings Queue => new(QueueName) { Attributes = ToText(QueueAttributes), Tags = QueueTags };

    /// <summary>The values of attributes as AWS writes them: <c>true</c>, not <c>True</c>.</summary>
    public static Dictionary<string, string> ToText(IEnumerable<KeyValuePair<string, object>> attributes) => attributes.ToDictionary(
        attribute => attribute.Key,
        attribute => attribute.Value switch
        {
            bool value => value ? "true" : "false",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        });
}
