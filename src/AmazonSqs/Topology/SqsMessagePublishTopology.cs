using MacroCausal.AmazonSqs.Receiving;
using MassTransit;
using MassTransit.Topology;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>The topic of one message type, with its attributes and tags.</summary>
internal sealed class SqsMessagePublishTopology<T>(IPublishTopology publish, IMessageTopology<T> message) : MessagePublishTopology<T>(publish), IAmazonSqsMessagePublishTopologyConfigurator<T>
    where T : class
{
    public IDictionary<string, object> TopicAttributes { get; } = new Dictionary<string, object>(StringComparer.Ordinal);

    public IDictionary<string, string> TopicTags { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public TopicSettings Settings => new(message.EntityName) { Attributes = ReceiveSettings.Texts(TopicAttributes), Tags = TopicTags.AsReadOnly() };

    public Uri Address(Uri host) => new SqsAddress(host, message.EntityName, IsTopic: true).ToUri();

    public override bool TryGetPublishAddress(Uri baseAddress, out Uri publishAddress)
    {
        publishAddress = Address(baseAddress);
        return true;
    }
}
