using System.Text.Json;

namespace MacroCausal.Cli.DeadLetters;

/// <summary>
/// What a message's body says of itself: MassTransit's envelope, plain JSON, or either of them wrapped by SNS. Anything else says nothing.
/// </summary>
internal sealed record MessageEnvelope(string? MessageId, string? Type, string? ExecutionId, int? Trial)
{
    private static readonly MessageEnvelope Unknown = new(null, null, null, null);

    public static MessageEnvelope Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return Unknown;
        }
    }

    /// <summary><c>urn:message:MassTransit:Fault[[MacroCausal.Contracts:PrepareData]]</c> is <c>Fault&lt;PrepareData&gt;</c>.</summary>
    public static string ShortName(string urn)
    {
        var arguments = urn.IndexOf("[[", StringComparison.Ordinal);
        return arguments < 0
            ? urn[(urn.LastIndexOf(':') + 1)..]
            : $"{ShortName(urn[..arguments])}<{string.Join(", ", urn[(arguments + 2)..].TrimEnd(']').Split("],[").Select(ShortName))}>";
    }

    private static MessageEnvelope Read(JsonElement root)
    {
        if (Text(root, "TopicArn") is not null && Text(root, "Message") is { } wrapped) return Read(wrapped);

        return Field(root, "messageType") is { ValueKind: JsonValueKind.Array } types && Field(root, "message") is { } message
            ? Of(message) with { MessageId = Text(root, "messageId"), Type = TypeOf(types) }
            : Of(root);
    }

    private static string? TypeOf(JsonElement types) =>
        types.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first ? ShortName(first.GetString()!) : null;

    // A fault holds the message that it is about.
    private static MessageEnvelope Of(JsonElement message) => Text(message, "executionId") is null && Field(message, "message") is { } inner
        ? Of(inner)
        : new MessageEnvelope(null, null, Text(message, "executionId"), Number(message, "trial"));

    private static string? Text(JsonElement owner, string name) =>
        Field(owner, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static int? Number(JsonElement owner, string name) =>
        Field(owner, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    // As the consumers read it: whatever the case.
    private static JsonElement? Field(JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object) return null;

        foreach (var property in owner.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.Value;
        }

        return null;
    }
}
