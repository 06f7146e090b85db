using System.Globalization;
using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>A message as its sender meant it: one that SNS has wrapped (a subscription without raw delivery) is unwrapped.</summary>
internal sealed record ReceivedMessage(string MessageId, string ReceiptHandle, string Body, IReadOnlyDictionary<string, string> Attributes)
{
    public string? TopicArn { get; private init; }

    public DateTime? SentTime { get; private init; }

    public bool Redelivered { get; private init; }

    public static ReceivedMessage From(Message message)
    {
        var system = message.Attributes ?? [];
        var attributes = (message.MessageAttributes ?? []).Where(pair => pair.Value.StringValue is not null).ToDictionary(pair => pair.Key, pair => pair.Value.StringValue);
        var received = new ReceivedMessage(message.MessageId, message.ReceiptHandle, message.Body ?? "", attributes)
        {
            SentTime = Number(system, MessageSystemAttributeName.SentTimestamp) is { } sent ? DateTimeOffset.FromUnixTimeMilliseconds(sent).UtcDateTime : null,
            Redelivered = Number(system, MessageSystemAttributeName.ApproximateReceiveCount) > 1,
        };

        // What SNS wraps has its attributes inside.
        return attributes.Count == 0 && received.Body.Contains("\"TopicArn\"", StringComparison.Ordinal) ? received.Unwrap() : received;
    }

    private ReceivedMessage Unwrap()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || Text(root, "TopicArn") is not { } arn || Text(root, "Message") is not { } body) return this;
            return this with { Body = body, TopicArn = arn, Attributes = WrappedAttributes(root) };
        }
        catch (JsonException)
        {
            // Not JSON: whoever deserializes it will say so.
            return this;
        }
    }

    private static Dictionary<string, string> WrappedAttributes(JsonElement root)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!root.TryGetProperty("MessageAttributes", out var wrapped) || wrapped.ValueKind != JsonValueKind.Object) return attributes;
        foreach (var attribute in wrapped.EnumerateObject().Where(attribute => attribute.Value.ValueKind == JsonValueKind.Object))
        {
            if (Text(attribute.Value, "Value") is { } value) attributes[attribute.Name] = value;
        }

        return attributes;
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(Dictionary<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
