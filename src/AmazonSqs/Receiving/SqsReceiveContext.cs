using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;
using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>One delivery of a message, for the pipe of its endpoint; its transport headers are the message's attributes.</summary>
internal sealed class SqsReceiveContext(ReceivedMessage message, ReceiveEndpointContext context, params object[] payloads)
    : BaseReceiveContext(message.Deliveries > 1, context, payloads), IHeaderProvider
{
    public ReceivedMessage Message => message;

    public override MessageBody Body { get; } = new StringMessageBody(message.Body);

    protected override IHeaderProvider HeaderProvider => this;

    public IEnumerable<KeyValuePair<string, object>> GetAll()
    {
        if (!message.Attributes.ContainsKey(MessageHeaders.MessageId))
        {
            yield return new(MessageHeaders.MessageId, message.MessageId);
        }

        foreach (var (name, value) in message.Attributes)
        {
            yield return new(name, value);
        }
    }

    public bool TryGetHeader(string key, [NotNullWhen(true)] out object? value)
    {
        value = message.Attributes.TryGetValue(key, out var attribute) ? attribute : key switch
        {
            MessageHeaders.MessageId or MessageHeaders.TransportMessageId => message.MessageId,
            MessageHeaders.TransportSentTime => message.SentTime,
            "TopicArn" => message.TopicArn,
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>
/// A message as its sender sent it. One that SNS wrapped (a subscription without raw delivery) is unwrapped; whatever else the body is, it
/// stays as it is, for the deserializer to report.
/// </summary>
internal sealed record ReceivedMessage(string MessageId, string ReceiptHandle, string Body, IReadOnlyDictionary<string, string> Attributes)
{
    public string? TopicArn { get; private init; }

    /// <summary>The body as it came, wrapped or not: SQS took it once and takes it again.</summary>
    public string RawBody { get; private init; } = Body;

    public DateTime? SentTime { get; private init; }

    /// <summary>How often it was received, this time included.</summary>
    public int Deliveries { get; private init; } = 1;

    public static ReceivedMessage From(Message message)
    {
        var system = message.Attributes ?? [];
        var attributes = (message.MessageAttributes ?? [])
            .Where(attribute => attribute.Value.StringValue is not null)
            .ToDictionary(attribute => attribute.Key, attribute => attribute.Value.StringValue);
        var sent = Number(system, MessageSystemAttributeName.SentTimestamp);
        var received = new ReceivedMessage(message.MessageId, message.ReceiptHandle, message.Body ?? "", attributes)
        {
            SentTime = sent is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime : null,
            Deliveries = (int)Math.Clamp(Number(system, MessageSystemAttributeName.ApproximateReceiveCount) ?? 1, 1, int.MaxValue),
        };

        // A message that SNS wrapped has its attributes inside.
        return attributes.Count == 0 && received.Body.Contains("\"TopicArn\"", StringComparison.Ordinal) ? received.Unwrap() : received;
    }

    private ReceivedMessage Unwrap()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root) return this;
            if (Text(root, "TopicArn") is not { } arn || Text(root, "Message") is not { } body) return this;
            return this with { Body = body, TopicArn = arn, Attributes = WrappedAttributes(root) };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or JSON with half of a surrogate pair, which is no text.
            return this;
        }
    }

    private static Dictionary<string, string> WrappedAttributes(JsonElement root)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!root.TryGetProperty("MessageAttributes", out var wrapped) || wrapped.ValueKind != JsonValueKind.Object) return attributes;
        foreach (var attribute in wrapped.EnumerateObject().Where(attribute => attribute.Value.ValueKind == JsonValueKind.Object))
        {
            if (Text(attribute.Value, "Value") is { } value)
            {
                attributes[attribute.Name] = value;
            }
        }

        return attributes;
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(Dictionary<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
