using MassTransit;
using MassTransit.Agents;
using MassTransit.Internals;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>The sessions of one endpoint. SQS has no connection that could break, so a session is only a name for the broker and a time to stop.</summary>
internal sealed class SqsSessions(Func<SqsBroker> broker) : TransportPipeContextSupervisor<SqsSession>(new Factory(broker))
{
    private sealed class Factory(Func<SqsBroker> broker) : IPipeContextFactory<SqsSession>
    {
        public IPipeContextAgent<SqsSession> CreateContext(ISupervisor supervisor) => supervisor.AddContext(new SqsSession(broker(), supervisor.Stopping, supervisor.Stopped));

        public IActivePipeContextAgent<SqsSession> CreateActiveContext(ISupervisor supervisor, PipeContextHandle<SqsSession> context, CancellationToken cancellationToken) =>
            supervisor.AddActiveContext(context, Share(context.Context, cancellationToken));

        private static async Task<SqsSession> Share(Task<SqsSession> context, CancellationToken cancellationToken)
        {
            var session = await context.ConfigureAwait(false);
            return new SqsSession(session.Broker, session.Stopping, cancellationToken);
        }
    }
}
