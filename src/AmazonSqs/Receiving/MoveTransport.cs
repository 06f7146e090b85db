using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>
/// Moves a received message to another queue of its endpoint: the same body, the reason of the move, and the message's own attributes.
/// Nothing is moved that SQS would refuse, as the message would come back for ever.
/// </summary>
internal abstract class MoveTransport(string queueName)
{
    private const string TransportPrefix = "MT-";

    protected async Task Move(ReceiveContext context, Dictionary<string, string> reason)
    {
        if (!context.TryGetPayload<SqsReceiveContext>(out var received) || !context.TryGetPayload<SqsClientContext>(out var clientContext))
        {
            throw new TransportException(context.InputAddress, $"Only a message received from SQS can be moved to '{queueName}'.");
        }

        // The content type goes first: attributes that do not fit are left out from the end.
        var attributes = received.Message.Attributes
            .Where(attribute => !attribute.Key.StartsWith(TransportPrefix, StringComparison.Ordinal))
            .OrderBy(attribute => attribute.Key != MessageHeaders.ContentType);
        var body = OutgoingMessage.IsText(received.Message.Body) ? received.Message.Body : received.Message.RawBody;
        var message = OutgoingMessage.Trim(body, reason.Concat(attributes));
        var queue = await clientContext.Broker.Queue(new QueueSettings(queueName), CancellationToken.None).ConfigureAwait(false);
        await queue.Send(message, CancellationToken.None).ConfigureAwait(false);
    }
}

/// <summary>Moves a message whose consumer failed permanently to the error queue, with the cause in one line.</summary>
internal sealed class ErrorTransport(string queueName) : MoveTransport(queueName), IErrorTransport
{
    /// <summary>A fault's message may be a whole page; the log has all of it.</summary>
    private const int MaxFaultMessageLength = 1024;

    public Task Send(ExceptionReceiveContext context)
    {
        var reason = new Dictionary<string, string>(StringComparer.Ordinal) { [MessageHeaders.Reason] = "fault" };
        if (context.ExceptionHeaders.TryGetHeader(MessageHeaders.FaultInputAddress, out var address))
        {
            reason[MessageHeaders.FaultInputAddress] = address.ToString()!;
        }

        if (OneLine(Explain(context.Exception)) is { Length: > 0 } text)
        {
            reason[MessageHeaders.FaultMessage] = text;
        }

        return Move(context, reason);
    }

    /// <summary>
    /// The exception's message, and that of its first cause. The header that MassTransit prepares has the cause alone, which may say
    /// nothing: an SDK's is often just its type.
    /// </summary>
    private static string Explain(Exception exception)
    {
        var cause = exception.GetBaseException().Message;
        if (exception is AggregateException) return cause;
        var isKnown = exception.Message.Contains(cause, StringComparison.Ordinal);
        var isOnlyItsType = cause.StartsWith("Exception of type '", StringComparison.Ordinal);
        return isKnown || isOnlyItsType ? exception.Message : $"{exception.Message} ({cause})";
    }

    private static string OneLine(string message)
    {
        const StringSplitOptions Options = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var text = string.Join(' ', message.Split((char[]?)['\r', '\n', '\t'], Options));
        return text.Length <= MaxFaultMessageLength ? text : text[..MaxFaultMessageLength];
    }
}

/// <summary>Moves a message that no consumer of its endpoint takes to the skipped queue.</summary>
internal sealed class DeadLetterTransport(string queueName) : MoveTransport(queueName), IDeadLetterTransport
{
    public Task Send(ReceiveContext context, string? reason) =>
        Move(context, new Dictionary<string, string>(StringComparer.Ordinal) { [MessageHeaders.Reason] = reason ?? "dead-letter" });
}
