using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Moves a message whose consumer failed for good, with one line that says why.</summary>
internal sealed class ErrorTransport(string queueName) : MoveTransport(queueName), IErrorTransport
{
    /// <summary>A fault's message may be a whole page; the log has all of it.</summary>
    private const int MaxFaultMessage = 1024;

    public Task Send(ExceptionReceiveContext context)
    {
        var why = new Dictionary<string, string>(StringComparer.Ordinal) { [MessageHeaders.Reason] = "fault" };
        if (context.ExceptionHeaders.TryGetHeader(MessageHeaders.FaultInputAddress, out var address)) why[MessageHeaders.FaultInputAddress] = address.ToString()!;
        if (OneLine(Explain(context.Exception)) is { Length: > 0 } text) why[MessageHeaders.FaultMessage] = text;
        return Move(context, why);
    }

    /// <summary>The exception's own words, and those of its first cause. The header that MassTransit prepares has the cause alone, which may say nothing: an SDK's is often just its type.</summary>
    private static string Explain(Exception exception)
    {
        var cause = exception.GetBaseException().Message;
        if (exception is AggregateException) return cause;
        return exception.Message.Contains(cause, StringComparison.Ordinal) || cause.StartsWith("Exception of type '", StringComparison.Ordinal) ? exception.Message : $"{exception.Message} ({cause})";
    }

    private static string OneLine(string message)
    {
        var text = string.Join(' ', message.Split((char[]?)['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length <= MaxFaultMessage ? text : text[..MaxFaultMessage];
    }
}
