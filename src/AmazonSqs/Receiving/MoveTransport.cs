using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Moves a message that was received to the error or the skipped queue of its endpoint: the same body, its own attributes, and why.</summary>
internal sealed class MoveTransport(string queueName) : IErrorTransport, IDeadLetterTransport
{
    private const string OwnPrefix = "MT-";

    /// <summary>A fault's message may be a whole page; the log has all of it.</summary>
    private const int MaxFaultMessage = 1024;

    public Task Send(ExceptionReceiveContext context)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal) { [MessageHeaders.Reason] = "fault" };
        foreach (var name in new[] { MessageHeaders.FaultInputAddress, MessageHeaders.FaultMessage })
        {
            if (context.ExceptionHeaders.TryGetHeader(name, out var value) && OneLine(value) is { Length: > 0 } text) faults[name] = text;
        }

        return Move(context, faults);
    }

    public Task Send(ReceiveContext context, string? reason) => Move(context, new Dictionary<string, string> { [MessageHeaders.Reason] = reason ?? "Unspecified" });

    private async Task Move(ReceiveContext context, Dictionary<string, string> why)
    {
        if (!context.TryGetPayload<SqsReceiveContext>(out var received) || !context.TryGetPayload<SqsSession>(out var session))
        {
            throw new TransportException(context.InputAddress, $"Only a message received from SQS can be moved to '{queueName}'.");
        }

        var own = received.Message.Attributes.Where(attribute => !attribute.Key.StartsWith(OwnPrefix, StringComparison.Ordinal)).OrderBy(attribute => attribute.Key != MessageHeaders.ContentType);
        var queue = await session.Broker.Queue(new QueueSettings(queueName), CancellationToken.None).ConfigureAwait(false);
        await queue.Send(OutgoingMessage.Trim(received.Message.Body, why.Concat(own)), CancellationToken.None).ConfigureAwait(false);
    }

    private static string OneLine(object value)
    {
        var text = string.Join(' ', (value.ToString() ?? "").Split((char[]?)['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length <= MaxFaultMessage ? text : text[..MaxFaultMessage];
    }
}
