using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace MacroCausal.Cli.DeadLetters;

/// <summary>Reads what a message, its fault headers and SQS say: pure functions of one message as it was received.</summary>
internal static class DeadLetterReader
{
    private const string Reason = "MT-Reason";
    private const string FaultMessage = "MT-Fault-Message";
    private const string FaultTimestamp = "MT-Fault-Timestamp";
    private const string FaultInputAddress = "MT-Fault-InputAddress";

    // What the move to a dead-letter queue added, and how often a delayed redelivery was tried, which begins anew.
    private static readonly string[] Added = [Reason, "MT-Fault-", "MT-Host-", "MT-Redelivery-Count"];

    /// <summary>The letter that a received message is.</summary>
    public static DeadLetter Read(string queue, Message message)
    {
        var envelope = MessageEnvelope.Read(message.Body ?? "");
        var sent = System(message, MessageSystemAttributeName.SentTimestamp) ?? "0";
        var sentAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(sent, CultureInfo.InvariantCulture));
        return new DeadLetter
        {
            MessageId = envelope.MessageId ?? message.MessageId,
            SqsMessageId = message.MessageId,
            Queue = queue,
            From = From(queue, message),
            Type = envelope.Type,
            ExecutionId = envelope.ExecutionId,
            Trial = envelope.Trial,
            FaultedAt = FaultedAt(message) ?? (Header(message, Reason) is null ? null : sentAt),
            SentAt = sentAt,
            Error = OneLine(Error(queue, message)),
        };
    }

    /// <summary>The attributes that a message is sent again with: its own.</summary>
    public static Dictionary<string, MessageAttributeValue> OwnAttributes(Message message) => (message.MessageAttributes ?? [])
        .Where(attribute => !Added.Any(added => attribute.Key.StartsWith(added, StringComparison.Ordinal)))
        .ToDictionary(StringComparer.Ordinal);

    // The last part of an ARN or an address are the queue's name.
    private static string? From(string queue, Message message) =>
        System(message, MessageSystemAttributeName.DeadLetterQueueSourceArn)?.Split(':')[^1]
        ?? DeadLetterQueueNames.Owner(queue)
        ?? (Uri.TryCreate(Header(message, FaultInputAddress), UriKind.Absolute, out var address) ? address.Segments[^1].Trim('/') : null);

    private static string Error(string queue, Message message) => (Header(message, FaultMessage), Header(message, Reason)) switch
    {
        ({ } fault, _) => fault,
        (null, "dead-letter") => $"no consumer of '{From(queue, message)}' knows this kind of message",
        (null, { } reason) => reason,
        _ => "SQS moved it here: it was received too often and never finished",
    };

    private static DateTimeOffset? FaultedAt(Message message) =>
        DateTimeOffset.TryParse(Header(message, FaultTimestamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string? Header(Message message, string name) => message.MessageAttributes?.GetValueOrDefault(name)?.StringValue;

    private static string? System(Message message, string name) => message.Attributes?.GetValueOrDefault(name);
}
