using MassTransit.Middleware;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>What the pipes of sending and receiving run with: the bus's broker, until its endpoint stops.</summary>
internal sealed class SqsSession(SqsBroker broker, CancellationToken cancellationToken) : BasePipeContext(cancellationToken)
{
    public SqsBroker Broker => broker;
}
