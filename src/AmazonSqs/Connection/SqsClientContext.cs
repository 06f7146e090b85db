using MassTransit;
using MassTransit.Agents;
using MassTransit.Internals;
using MassTransit.Middleware;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>The context of the sending and receiving pipes: the bus's broker, until the endpoint stops.</summary>
internal sealed class SqsClientContext(SqsBroker broker, CancellationToken stopping, CancellationToken cancellationToken)
    : BasePipeContext(cancellationToken)
{
    public SqsBroker Broker => broker;

    /// <summary>Fires when the endpoint begins to stop.</summary>
    public CancellationToken Stopping => stopping;
}

/// <summary>
/// Makes the client contexts of one endpoint. SQS has no connection that could break, so a context is only the broker and the endpoint's
/// stop.
/// </summary>
internal sealed class SqsClientContextSupervisor(Func<SqsBroker> broker)
    : TransportPipeContextSupervisor<SqsClientContext>(new Factory(broker))
{
    private sealed class Factory(Func<SqsBroker> broker) : IPipeContextFactory<SqsClientContext>
    {
        public IPipeContextAgent<SqsClientContext> CreateContext(ISupervisor supervisor) =>
            supervisor.AddContext(new SqsClientContext(broker(), supervisor.Stopping, supervisor.Stopped));

        public IActivePipeContextAgent<SqsClientContext> CreateActiveContext(
            ISupervisor supervisor,
            PipeContextHandle<SqsClientContext> context,
            CancellationToken cancellationToken) =>
            supervisor.AddActiveContext(context, Share(context.Context, cancellationToken));

        private static async Task<SqsClientContext> Share(Task<SqsClientContext> context, CancellationToken cancellationToken)
        {
            var shared = await context.ConfigureAwait(false);
            return new SqsClientContext(shared.Broker, shared.Stopping, cancellationToken);
        }
    }
}
