using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Moves a message that was received to the error or the skipped queue of its endpoint: the same body, its own attributes, and why.</summary>
internal abstract class MoveTransport(string queueName)
{
    private const string OwnPrefix = "MT-";

    protected async Task Move(ReceiveContext context, Dictionary<string, string> why)
    {
        if (!context.TryGetPayload<SqsReceiveContext>(out var received) || !context.TryGetPayload<SqsClientContext>(out var session))
        {
            throw new TransportException(context.InputAddress, $"Only a message received from SQS can be moved to '{queueName}'.");
        }

        var own = received.Message.Attributes.Where(attribute => !attribute.Key.StartsWith(OwnPrefix, StringComparison.Ordinal)).OrderBy(attribute => attribute.Key != MessageHeaders.ContentType);
        var queue = await session.Broker.Queue(new QueueSettings(queueName), CancellationToken.None).ConfigureAwait(false);
        await queue.Send(OutgoingMessage.Trim(received.Message.Body, why.Concat(own)), CancellationToken.None).ConfigureAwait(false);
    }
}
