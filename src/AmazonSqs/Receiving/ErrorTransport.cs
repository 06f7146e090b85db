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
        foreach (var name in new[] { MessageHeaders.FaultInputAddress, MessageHeaders.FaultMessage })
        {
            if (context.ExceptionHeaders.TryGetHeader(name, out var value) && OneLine(value) is { Length: > 0 } text) why[name] = text;
        }

        return Move(context, why);
    }

    private static string OneLine(object value)
    {
        var text = string.Join(' ', (value.ToString() ?? "").Split((char[]?)['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length <= MaxFaultMessage ? text : text[..MaxFaultMessage];
    }
}
