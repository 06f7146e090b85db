using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>One delivery of a message, for the pipe of its endpoint.</summary>
internal sealed class SqsReceiveContext(ReceivedMessage message, ReceiveEndpointContext context, params object[] payloads)
    : BaseReceiveContext(message.Redelivered, context, payloads), IHeaderProvider
{
    public ReceivedMessage Message => message;

    public override MessageBody Body { get; } = new StringMessageBody(message.Body);

    protected override IHeaderProvider HeaderProvider => this;

    public IEnumerable<KeyValuePair<string, object>> GetAll()
    {
        if (!message.Attributes.ContainsKey(MessageHeaders.MessageId)) yield return new(MessageHeaders.MessageId, message.MessageId);
        foreach (var (name, value) in message.Attributes) yield return new(name, value);
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
