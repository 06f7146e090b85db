using MassTransit;
using MassTransit.Topology;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>Which topic each message type is published to.</summary>
internal sealed class SqsPublishTopology(IMessageTopology messages) : PublishTopology
{
    public SqsMessagePublishTopology<T> Of<T>()
        where T : class => (SqsMessagePublishTopology<T>)GetMessageTopology<T>();

    protected override IMessagePublishTopologyConfigurator CreateMessageTopology<T>()
    {
        var topology = new SqsMessagePublishTopology<T>(this, messages.GetMessageTopology<T>());
        OnMessageTopologyCreated(topology);
        return topology;
    }
}
