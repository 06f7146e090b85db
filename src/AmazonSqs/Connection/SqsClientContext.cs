using MassTransit.Middleware;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>What the pipes of sending and receiving run with: the bus's broker, until its endpoint stops.</summary>
internal sealed class SqsClientContext(SqsBroker broker, CancellationToken stopping, CancellationToken cancellationToken) : BasePipeContext(cancellationToken)
{
    public SqsBroker Broker => broker;

    /// <summary>Fires when the endpoint begins to stop.</summary>
    public CancellationToken Stopping => stopping;
}
