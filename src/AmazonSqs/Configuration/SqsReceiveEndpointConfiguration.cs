using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Receiving;
using MacroCausal.AmazonSqs.Topology;
using MacroCausal.AmazonSqs.Visibility;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Middleware;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>Configures one endpoint, and builds it.</summary>
internal sealed class SqsReceiveEndpointConfiguration
    : ReceiveEndpointConfiguration, IReceiveEndpointConfiguration, IAmazonSqsReceiveEndpointConfigurator
{
    private const int MaxVisibilitySeconds = 43_200;
    private const int MinRenewalSeconds = 60;
    private readonly SqsHostConfiguration _host;
    private readonly SqsEndpointConfiguration _endpoint;

    public SqsReceiveEndpointConfiguration(SqsHostConfiguration host, ReceiveSettings settings, SqsEndpointConfiguration endpoint)
        : base(host, endpoint) => (_host, Settings, _endpoint) = (host, settings, endpoint);

    public ReceiveSettings Settings { get; }

    public override Uri HostAddress => _host.HostAddress;

    public override Uri InputAddress =>
        new SqsAddress(HostAddress, Settings.QueueName, Durable: Settings.Durable, AutoDelete: Settings.AutoDelete).ToUri();

    public bool Durable
    {
        set => Settings.Durable = value;
    }

    public bool AutoDelete
    {
        set => Settings.AutoDelete = value;
    }

    public ushort WaitTimeSeconds
    {
        set => Settings.WaitTimeSeconds = value;
    }

    public bool PurgeOnStartup
    {
        set => Settings.PurgeOnStartup = value;
    }

    public int RedeliverVisibilityTimeout
    {
        set => Settings.RedeliverVisibilityTimeout = value;
    }

    public TimeSpan MaxVisibilityTimeout
    {
        set => Settings.MaxVisibilityTimeout = value < RenewalSchedule.MaxSqsVisibility ? value : RenewalSchedule.MaxSqsVisibility;
    }

    public int MaxVisibilityTimeoutRenewal
    {
        set => Settings.MaxVisibilityTimeoutRenewal = Math.Clamp(value, MinRenewalSeconds, MaxVisibilitySeconds);
    }

    public IDictionary<string, object> QueueAttributes => Settings.QueueAttributes;

    public IDictionary<string, object> QueueSubscriptionAttributes => Settings.SubscriptionAttributes;

    public IDictionary<string, string> QueueTags => Settings.QueueTags;

    public void Subscribe<T>()
        where T : class => _endpoint.Topologies.Consume.Subscribe(_host.Topologies.Publish.ForMessage<T>().Settings);

    public void Subscribe(string topicName) => _endpoint.Topologies.Consume.Subscribe(new TopicSettings(topicName));

    public override ReceiveEndpointContext CreateReceiveEndpointContext() => CreateContext();

    public void Build(IHost host)
    {
        var context = CreateContext();
        var transport = new ReceiveTransport<SqsClientContext>(_host, context, () => context.Supervisor, Pipe(context));
        var endpoint = new ReceiveEndpoint(transport, context);
        host.AddReceiveEndpoint(Settings.QueueName, endpoint);
        ReceiveEndpoint = endpoint;
    }

    public override IEnumerable<ValidationResult> Validate()
    {
        if (EntityNames.QueueNameError(Settings.QueueName) is { } error)
        {
            yield return this.Failure(Settings.QueueName, error);
        }

        if (Transport.PrefetchCount <= 0)
        {
            yield return this.Failure("PrefetchCount", $"is {Transport.PrefetchCount}; the minimum is 1");
        }

        if (Settings.WaitTimeSeconds > ReceiveSettings.MaxWaitTimeSeconds)
        {
            var text = $"is {Settings.WaitTimeSeconds}; SQS waits at most {ReceiveSettings.MaxWaitTimeSeconds} seconds";
            yield return this.Failure("WaitTimeSeconds", text);
        }

        if (Settings.RedeliverVisibilityTimeout is < 0 or > MaxVisibilitySeconds)
        {
            var text = $"is {Settings.RedeliverVisibilityTimeout}; SQS takes 0 to {MaxVisibilitySeconds} seconds";
            yield return this.Failure("RedeliverVisibilityTimeout", text);
        }

        foreach (var result in base.Validate())
        {
            yield return result.WithParentKey(Settings.QueueName);
        }
    }

    private IPipe<SqsClientContext> Pipe(SqsReceiveEndpointContext context) => MassTransit.Pipe.New<SqsClientContext>(pipe =>
    {
        pipe.UseFilter(new DeclareQueueFilter(context));
        if (_host.DeployTopologyOnly)
        {
            pipe.UseFilter(new TransportReadyFilter<SqsClientContext>(context));
            return;
        }

        pipe.UseFilter(new ReceiveEndpointDependencyFilter<SqsClientContext>(context));
        pipe.UseFilter(new ReceiveFilter(context));
    });

    private SqsReceiveEndpointContext CreateContext()
    {
        ApplySpecifications(new Builder(this));
        var context = new SqsReceiveEndpointContext(_host, this, _endpoint.Topologies.Consume.Subscriptions(Settings));
        var send = _host.Topologies.Send;
        var errorQueue = send.ErrorQueueNameFormatter.FormatErrorQueueName(Settings.QueueName);
        var deadLetterQueue = send.DeadLetterQueueNameFormatter.FormatDeadLetterQueueName(Settings.QueueName);
        context.GetOrAddPayload<IErrorTransport>(() => new ErrorTransport(errorQueue));
        context.GetOrAddPayload<IDeadLetterTransport>(() => new DeadLetterTransport(deadLetterQueue));
        context.GetOrAddPayload(() => _host.Topology);
        return context;
    }

    /// <summary>Subscribes the queue to the topic of each message type that the endpoint consumes.</summary>
    private sealed class Builder(SqsReceiveEndpointConfiguration configuration) : ReceiveEndpointBuilder(configuration)
    {
        public override ConnectHandle ConnectConsumePipe<T>(IPipe<ConsumeContext<T>> pipe, ConnectPipeOptions options)
        {
            IConsumeTopologyConfigurator consume = configuration._endpoint.Topologies.Consume;
            if (configuration.ConfigureConsumeTopology
                && options.HasFlag(ConnectPipeOptions.ConfigureConsumeTopology)
                && consume.GetMessageTopology<T>().ConfigureConsumeTopology)
            {
                configuration.Subscribe<T>();
            }

            return base.ConnectConsumePipe(pipe, options);
        }
    }
}
