using System.Globalization;
using Amazon.SQS;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sns;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Makes the endpoint's queue, topics and subscriptions before the first message is received.</summary>
internal sealed class DeclareQueueFilter(SqsReceiveEndpointContext context) : IFilter<SqsClientContext>
{
    public async Task Send(SqsClientContext clientContext, IPipe<SqsClientContext> next)
    {
        var (broker, settings, cancellationToken) = (clientContext.Broker, context.Settings, clientContext.CancellationToken);
        var queue = await ReceiveQueue.Declare(broker, settings.Queue, context.Subscriptions, cancellationToken).ConfigureAwait(false);
        if (settings.PurgeOnStartup)
        {
            await broker.Sqs.PurgeQueueAsync(queue.Queue.Url, cancellationToken).ConfigureAwait(false);
        }

        clientContext.GetOrAddPayload(() => queue);
        await next.Send(clientContext).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("declareQueue");
}

/// <summary>A queue that is ready: it exists, has the configured attributes, and its topics deliver into it.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Visibility">How long SQS hides a message that was received.</param>
/// <param name="Subscriptions">The ARNs of its subscriptions.</param>
internal sealed record ReceiveQueue(SqsQueue Queue, TimeSpan Visibility, IReadOnlyList<string> Subscriptions)
{
    /// <summary>Makes the queue, its policy and its subscriptions as configured; calls SQS only for what differs.</summary>
    public static async Task<ReceiveQueue> Declare(
        SqsBroker broker,
        QueueSettings settings,
        IReadOnlyCollection<TopicSubscription> topics,
        CancellationToken cancellationToken)
    {
        var queue = await broker.Queue(settings, cancellationToken).ConfigureAwait(false);
        var existing = await broker.Sqs
            .GetQueueAttributesAsync(queue.Url, [QueueAttributeName.All], cancellationToken)
            .ConfigureAwait(false);
        var arns = await TopicArns(broker, topics, cancellationToken).ConfigureAwait(false);

        var changes = Changes(settings.Attributes, existing.Attributes, existing.QueueARN, arns);
        if (changes.Count > 0)
        {
            await broker.Sqs.SetQueueAttributesAsync(queue.Url, changes, cancellationToken).ConfigureAwait(false);
        }

        var subscriptions = await Subscribe(broker, topics.Zip(arns), existing.QueueARN, cancellationToken).ConfigureAwait(false);
        var visibility = settings.Attributes.GetValueOrDefault(QueueAttributeName.VisibilityTimeout)
            ?? existing.Attributes[QueueAttributeName.VisibilityTimeout];
        return new ReceiveQueue(queue, TimeSpan.FromSeconds(int.Parse(visibility, CultureInfo.InvariantCulture)), subscriptions);
    }

    /// <summary>Deletes a temporary queue. Its subscriptions go first, so that no topic delivers to a queue that is gone.</summary>
    public async Task Delete(SqsBroker broker, CancellationToken cancellationToken)
    {
        foreach (var subscription in Subscriptions)
        {
            await broker.Sns.Unsubscribe(subscription, cancellationToken).ConfigureAwait(false);
        }

        await broker.Sqs.DeleteQueueAsync(Queue.Url, cancellationToken).ConfigureAwait(false);
        broker.Forget(Queue);
    }

    private static Dictionary<string, string> Changes(
        IReadOnlyDictionary<string, string> wanted,
        Dictionary<string, string> existing,
        string queueArn,
        string[] topicArns)
    {
        var changes = wanted.Where(attribute => existing.GetValueOrDefault(attribute.Key) != attribute.Value).ToDictionary();
        var policy = wanted.GetValueOrDefault(QueueAttributeName.Policy) ?? existing.GetValueOrDefault(QueueAttributeName.Policy);
        if (QueuePolicy.Allow(policy, queueArn, topicArns) is { } changed)
        {
            changes[QueueAttributeName.Policy] = changed;
        }

        return changes;
    }

    private static async Task<string[]> TopicArns(
        SqsBroker broker,
        IReadOnlyCollection<TopicSubscription> topics,
        CancellationToken cancellationToken)
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
            catch (SnsException exception) when (HasOtherAttributes(exception))
            {
                var message = $"The queue {queueArn} is subscribed to {topic.Arn} with other attributes than RawMessageDelivery=true. "
                    + "Delete that subscription, or set its attributes in QueueSubscriptionAttributes.";
                throw new TransportException(new Uri("amazonsqs://sns/" + topic.Topic.Topic.Name), message, exception);
            }
        })).ConfigureAwait(false);

    private static bool HasOtherAttributes(SnsException exception) =>
        exception.Message.Contains("already exists with different attributes", StringComparison.OrdinalIgnoreCase);
}
