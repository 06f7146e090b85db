using MacroCausal.AmazonSqs.Configuration;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Receiving;
using MassTransit;
using MassTransit.Context;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Sending;

/// <summary>Sends to one queue or topic.</summary>
internal sealed class SqsSendTransportContext(
    SqsHostConfiguration host,
    SqsReceiveEndpointContext endpoint,
    Uri destination,
    string entityName,
    bool canDelay,
    Func<SqsClientContext, OutgoingMessage, CancellationToken, Task> send) : BaseSendTransportContext(host, endpoint.Serialization), SendTransportContext<SqsClientContext>
{
    private readonly TransportSetHeaderAdapter<string> _headers = new(new TextHeaders(host.Settings.AllowTransportHeader), TransportHeaderOptions.IncludeFaultMessage);

    public override string EntityName => entityName;

    public override string ActivitySystem => "aws_sqs";

    public Task Send(IPipe<SqsClientContext> pipe, CancellationToken cancellationToken = default) => pipe.Send(new SqsClientContext(host.Broker(), CancellationToken.None, cancellationToken));

    public Task<SendContext<T>> CreateSendContext<T>(SqsClientContext context, T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class => CreateSendContext(message, pipe, cancellationToken);

    public override async Task<SendContext<T>> CreateSendContext<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
    {
        var context = new MessageSendContext<T>(message, cancellationToken);
        await pipe.Send(context).ConfigureAwait(false);
        return context;
    }

    public Task Send<T>(SqsClientContext transportContext, SendContext<T> sendContext)
        where T : class
    {
        var context = (MessageSendContext<T>)sendContext;
        context.CancellationToken.ThrowIfCancellationRequested();
        if (!canDelay && context.Delay > TimeSpan.Zero)
        {
            throw new TransportException(destination, "SNS cannot delay what is published. Send the message to a queue with the delay, or use a scheduler.");
        }

        var message = OutgoingMessage.Create(destination, context.Body.GetString(), Attributes(context), context.Delay);
        return send(transportContext, message, context.CancellationToken);
    }

    public void Probe(ProbeContext context) => context.CreateScope("sqsSend").Add("entity", entityName);

    private Dictionary<string, string> Attributes<T>(MessageSendContext<T> context)
        where T : class
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        _headers.Set(attributes, MessageHeaders.ContentType, context.ContentType!.ToString());
        if (context.CorrelationId is { } id) _headers.Set(attributes, MessageHeaders.CorrelationId, id.ToString());
        foreach (var header in context.Headers.GetAll()) _headers.Set(attributes, new HeaderValue(header));
        return attributes;
    }

    /// <summary>Headers that are text, or say the same as text, become attributes. An empty one cannot: SQS refuses it, and the body has it anyway.</summary>
    private sealed class TextHeaders(AllowTransportHeader? allow) : IHeaderValueConverter<string>
    {
        public bool TryConvert(HeaderValue headerValue, out HeaderValue<string> result) => headerValue.IsStringValue(out result) && IsWanted(result);

        public bool TryConvert<T>(HeaderValue<T> headerValue, out HeaderValue<string> result) => headerValue.IsStringValue(out result) && IsWanted(result);

        private bool IsWanted(HeaderValue<string> header) => header.Value.Length > 0 && allow?.Invoke(header) != false;
    }
}
