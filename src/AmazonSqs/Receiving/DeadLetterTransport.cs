using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Moves a message that no consumer of its endpoint knows.</summary>
internal sealed class DeadLetterTransport(string queueName) : MoveTransport(queueName), IDeadLetterTransport
{
    public Task Send(ReceiveContext context, string? reason) =>
        Move(context, new Dictionary<string, string>(StringComparer.Ordinal) { [MessageHeaders.Reason] = reason ?? "dead-letter" });
}
