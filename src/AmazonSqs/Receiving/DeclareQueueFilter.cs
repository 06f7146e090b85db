using MacroCausal.AmazonSqs.Connection;
using MassTransit;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Makes the endpoint's queue, topics and subscriptions before the first message is received.</summary>
internal sealed class DeclareQueueFilter(SqsReceiveEndpointContext context) : IFilter<SqsClientContext>
{
    public async Task Send(SqsClientContext session, IPipe<SqsClientContext> next)
    {
        var queue = await ReceiveQueue.Declare(session.Broker, context.Settings.Queue, context.Subscriptions, session.CancellationToken).ConfigureAwait(false);
        if (context.Settings.PurgeOnStartup) await session.Broker.Sqs.PurgeQueueAsync(queue.Queue.Url, session.CancellationToken).ConfigureAwait(false);
        session.GetOrAddPayload(() => queue);
        await next.Send(session).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("declareQueue");
}
