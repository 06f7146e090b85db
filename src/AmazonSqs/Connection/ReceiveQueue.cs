using System.Globalization;
using Amazon.SQS;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>A queue that is ready to be received from: it exists, has the attributes that were asked for, and its topics deliver into it.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Visibility">How long SQS hides a message that was received.</param>
/// <param name="Subscriptions">The ARNs of its subscriptions.</param>
internal sealed record ReceiveQueue(SqsQueue Queue, TimeSpan Visibility, IReadOnlyList<string> Subscriptions)
{
    /// <summary>Makes the queue, its policy and its subscriptions as they are wanted; calls SQS only for what differs.</summary>
    public static async Task<ReceiveQueue> Declare(
        SqsBroker broker,
        QueueSettings settings,
        IReadOnlyCollection<TopicSubscription> topics,
        CancellationToken cancellationToken)
    {
        var queue = await broker.Queue(settings, cancellationToken).ConfigureAwait(false);
        var response = await broker.Sqs.GetQueueAttributesAsync(queue.Url, [QueueAttributeName.All], cancellationToken).ConfigureAwait(false);
        var arns = await Arns(broker, topics, cancellationToken).ConfigureAwait(false);

        var changes = settings.Attributes.Where(wanted => response.Attributes.GetValueOrDefault(wanted.Key) != wanted.Value).ToDictionary();
        var policy = settings.Attributes.GetValueOrDefault(QueueAttributeName.Policy) ?? response.Attributes.GetValueOrDefault(QueueAttributeName.Policy);
        if (QueuePolicy.Allow(policy, response.QueueARN, arns) is { } allowing) changes[QueueAttributeName.Policy] = allowing;
        if (changes.Count > 0) await broker.Sqs.SetQueueAttributesAsync(queue.Url, changes, cancellationToken).ConfigureAwait(false);

        var subscriptions = await Subscribe(broker, topics.Zip(arns), response.QueueARN, cancellationToken).ConfigureAwait(false);
        var visibility = settings.Attributes.GetValueOrDefault(QueueAttributeName.VisibilityTimeout) ?? response.Attributes[QueueAttributeName.VisibilityTimeout];
        return new ReceiveQueue(queue, TimeSpan.FromSeconds(int.Parse(visibility, CultureInfo.InvariantCulture)), subscriptions);
    }

    /// <summary>Ends a temporary queue: first its subscriptions, so that no topic delivers to nobody for ever.</summary>
    public async Task Delete(SqsBroker broker, CancellationToken cancellationToken)
    {
        foreach (var subscription in Subscriptions) await broker.Sns.Unsubscribe(subscription, cancellationToken).ConfigureAwait(false);
        await broker.Sqs.DeleteQueueAsync(Queue.Url, cancellationToken).ConfigureAwait(false);
        broker.Forget(Queue);
    }

    private static async Task<string[]> Arns(SqsBroker broker, IReadOnlyCollection<TopicSubscription> topics, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(topics.Select(topic => broker.Topic(topic.Topic, cancellationToken))).ConfigureAwait(false);
        return [.. found.Select(topic => topic.Arn)];
    }

    private static async Task<string[]> Subscribe(
        SqsBroker broker,
        IEnumerable<(TopicSubscription Topic, string Arn)> topics,
        string queueArn,
        CancellationToken cancellationToken) =>
        await Task.WhenAll(topics.Select(async topic =>
        {
            try
            {
                return await broker.Sns.Subscribe(topic.Arn, queueArn, topic.Topic.Attributes, cancellationToken).ConfigureAwait(false);
            }
            catch (Sns.SnsException exception) when (exception.Message.Contains("already exists with different attributes", StringComparison.OrdinalIgnoreCase))
            {
                throw new TransportException(
                    new Uri("amazonsqs://sns/" + topic.Topic.Topic.Name),
                    $"The queue {queueArn} is subscribed to {topic.Arn} with other attributes than RawMessageDelivery=true. Delete that subscription, or name its attributes in QueueSubscriptionAttributes.",
                    exception);
            }
        })).ConfigureAwait(false);
}
