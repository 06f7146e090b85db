using MacroCausal.AmazonSqs.Receiving;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Topology;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>The topologies of a bus, and of each of its endpoints: these share all but what they consume.</summary>
internal sealed class SqsTopologyConfiguration : ITopologyConfiguration
{
    public SqsTopologyConfiguration()
    {
        Message = new MessageTopology(new MessageNameFormatterEntityNameFormatter(new SqsMessageNameFormatter()));
        Send = new SendTopology();
        Send.ConnectSendTopologyConfigurationObserver(new DelegateSendTopologyConfigurationObserver(GlobalTopology.Send));
        Publish = new SqsPublishTopology(Message);
        Publish.ConnectPublishTopologyConfigurationObserver(new DelegatePublishTopologyConfigurationObserver(GlobalTopology.Publish));
        Publish.ConnectPublishTopologyConfigurationObserver(new PublishToSendTopologyConfigurationObserver(Send));
    }

    public SqsTopologyConfiguration(SqsTopologyConfiguration bus) => (Message, Send, Publish) = (bus.Message, bus.Send, bus.Publish);

    public IMessageTopologyConfigurator Message { get; }

    public ISendTopologyConfigurator Send { get; }

    public SqsPublishTopology Publish { get; }

    public SqsConsumeTopology Consume { get; } = new();

    IPublishTopologyConfigurator ITopologyConfiguration.Publish => Publish;

    IConsumeTopologyConfigurator ITopologyConfiguration.Consume => Consume;

    public IEnumerable<ValidationResult> Validate() => [.. Send.Validate(), .. Publish.Validate(), .. Consume.Validate()];
}

/// <summary>Which topic each message type is published to.</summary>
internal sealed class SqsPublishTopology(IMessageTopology messages) : PublishTopology
{
    public SqsMessagePublishTopology<T> ForMessage<T>()
        where T : class => (SqsMessagePublishTopology<T>)GetMessageTopology<T>();

    protected override IMessagePublishTopologyConfigurator CreateMessageTopology<T>()
    {
        var topology = new SqsMessagePublishTopology<T>(this, messages.GetMessageTopology<T>());
        OnMessageTopologyCreated(topology);
        return topology;
    }
}

/// <summary>The topic of one message type, with its attributes and tags.</summary>
internal sealed class SqsMessagePublishTopology<T>(IPublishTopology publish, IMessageTopology<T> message)
    : MessagePublishTopology<T>(publish), IAmazonSqsMessagePublishTopologyConfigurator<T>
    where T : class
{
    public IDictionary<string, object> TopicAttributes { get; } = new Dictionary<string, object>(StringComparer.Ordinal);

    public IDictionary<string, string> TopicTags { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public TopicSettings Settings => new(message.EntityName)
    {
        Attributes = ReceiveSettings.ToText(TopicAttributes),
        Tags = TopicTags.AsReadOnly(),
    };

    public Uri Address(Uri host) => new SqsAddress(host, message.EntityName, IsTopic: true).ToUri();

    public override bool TryGetPublishAddress(Uri baseAddress, out Uri publishAddress)
    {
        publishAddress = Address(baseAddress);
        return true;
    }
}

/// <summary>Which topics an endpoint's queue is subscribed to.</summary>
internal sealed class SqsConsumeTopology() : ConsumeTopology(MaxTemporaryNameLength)
{
    /// <summary>SQS takes 80 characters, and <c>_skipped</c> has 8.</summary>
    private const int MaxTemporaryNameLength = 72;
    private readonly Dictionary<string, TopicSettings> _topics = new(StringComparer.Ordinal);

    public void Subscribe(TopicSettings topic) => _topics[topic.Name] = topic;

    /// <summary>The subscriptions, all of them raw unless <paramref name="settings"/> says otherwise.</summary>
    public IReadOnlyList<TopicSubscription> Subscriptions(ReceiveSettings settings)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["RawMessageDelivery"] = "true" };
        foreach (var (name, value) in ReceiveSettings.ToText(settings.SubscriptionAttributes))
        {
            attributes[name] = value;
        }

        var topics = _topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal);
        return [.. topics.Select(topic => new TopicSubscription(topic, attributes))];
    }

    public override IEnumerable<ValidationResult> Validate() =>
        base.Validate().Concat(NameErrors().Select(error => this.Failure("Topic", error)));

    private IEnumerable<string> NameErrors() => _topics.Keys.Select(EntityNames.TopicNameError).OfType<string>();
}

/// <summary>
/// The name of a message type's topic: <c>MacroCausal_Contracts-StartTraining</c>, <c>MassTransit-Fault--MacroCausal_Contracts-Boom--</c>.
/// </summary>
internal sealed class SqsMessageNameFormatter : IMessageNameFormatter
{
    private readonly DefaultMessageNameFormatter _names = new(
        genericArgumentSeparator: "__",
        genericTypeSeparator: "--",
        namespaceSeparator: "-",
        nestedTypeSeparator: "_");

    // Only a namespace has dots.
    public string GetMessageName(Type type) => _names.GetMessageName(type).Replace('.', '_');
}
