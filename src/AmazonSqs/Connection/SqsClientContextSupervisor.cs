using MassTransit;
using MassTransit.Agents;
using MassTransit.Internals;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>The sessions of one endpoint. SQS has no connection that could break, so a session is only a name for the broker and a time to stop.</summary>
internal sealed class SqsClientContextSupervisor(Func<SqsBroker> broker) : TransportPipeContextSupervisor<SqsClientContext>(new Factory(broker))
{
    private sealed class Factory(Func<SqsBroker> broker) : IPipeContextFactory<SqsClientContext>
    {
        public IPipeContextAgent<SqsClientContext> CreateContext(ISupervisor supervisor) => supervisor.AddContext(new SqsClientContext(broker(), supervisor.Stopping, supervisor.Stopped));

        public IActivePipeContextAgent<SqsClientContext> CreateActiveContext(ISupervisor supervisor, PipeContextHandle<SqsClientContext> context, CancellationToken cancellationToken) =>
            supervisor.AddActiveContext(context, Share(context.Context, cancellationToken));

        private static async Task<SqsClientContext> Share(Task<SqsClientContext> context, CancellationToken cancellationToken)
        {
            var session = await context.ConfigureAwait(false);
            return new SqsClientContext(session.Broker, session.Stopping, cancellationToken);
        }
    }
}
