namespace MacroCausal.AmazonSqs.Topology;

/// <summary>That a queue wants what is published to a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Attributes">The subscription's attributes; RawMessageDelivery among them.</param>
internal sealed record TopicSubscription(TopicSettings Topic, IReadOnlyDictionary<string, string> Attributes);
