using MacroCausal.AmazonSqs.Receiving;
using MassTransit;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>Which topics an endpoint's queue is subscribed to.</summary>
internal sealed class SqsConsumeTopology() : ConsumeTopology(MaxTemporaryName)
{
    /// <summary>Leaves room for <c>_skipped</c> within SQS's 80 characters.</summary>
    private const int MaxTemporaryName = 72;
    private readonly Dictionary<string, TopicSettings> _topics = new(StringComparer.Ordinal);

    public void Subscribe(TopicSettings topic) => _topics[topic.Name] = topic;

    /// <summary>The subscriptions, all of them raw unless <paramref name="settings"/> says otherwise.</summary>
    public IReadOnlyList<TopicSubscription> Subscriptions(ReceiveSettings settings)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["RawMessageDelivery"] = "true" };
        foreach (var (name, value) in ReceiveSettings.Texts(settings.SubscriptionAttributes)) attributes[name] = value;
        return [.. _topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(topic => new TopicSubscription(topic, attributes))];
    }

    public override IEnumerable<ValidationResult> Validate() =>
        base.Validate().Concat(_topics.Keys.Select(EntityNames.RefuseTopic).OfType<string>().Select(refused => this.Failure("Topic", refused)));
}
