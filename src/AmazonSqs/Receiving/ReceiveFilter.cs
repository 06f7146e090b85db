using MacroCausal.AmazonSqs.Connection;
using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Receives until the endpoint stops, and then deletes a temporary queue.</summary>
internal sealed class ReceiveFilter(SqsReceiveEndpointContext context) : IFilter<SqsClientContext>
{
    public async Task Send(SqsClientContext session, IPipe<SqsClientContext> next)
    {
        session.TryGetPayload<ReceiveQueue>(out var queue);
        using var receiver = new SqsReceiver(session, queue!, context);
        context.AddConsumeAgent(receiver);
        await context.TransportObservers.NotifyReady(context.InputAddress).ConfigureAwait(false);
        receiver.Start();

        // Where the endpoint was stopped before the receiver was added to it, nobody else stops the receiver.
        if (session.Stopping.IsCancellationRequested) await receiver.Stop("The endpoint was stopped while it started").ConfigureAwait(false);
        try
        {
            await receiver.Completed.ConfigureAwait(false);
        }
        finally
        {
            if (context.Settings.AutoDelete && receiver.WasStopped) await Delete(session.Broker, queue!).ConfigureAwait(false);
            await context.TransportObservers.NotifyCompleted(context.InputAddress, receiver).ConfigureAwait(false);
        }

        await next.Send(session).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("receive");

    private async Task Delete(SqsBroker broker, ReceiveQueue queue)
    {
        try
        {
            await queue.Delete(broker, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            context.LogContext.Warning?.Log(exception, "The temporary queue {Queue} could not be deleted; delete it and its subscriptions by hand", queue.Queue.Name);
        }
    }
}
