using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Configuration;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Receiving;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Context;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Sending;

/// <summary>Makes the transports that an endpoint sends and publishes with, one for each destination.</summary>
internal sealed class SqsTransportProvider(SqsHostConfiguration host, SqsReceiveEndpointContext context)
    : ISendTransportProvider, IPublishTransportProvider
{
    public Uri NormalizeAddress(Uri address) => SqsAddress.Parse(host.HostAddress, address).ToUri();

    public Task<ISendTransport> GetSendTransport(Uri address)
    {
        var parsed = SqsAddress.Parse(host.HostAddress, address);
        return parsed.IsTopic
            ? TopicTransport(new TopicSettings(parsed.Name), address)
            : QueueTransport(new QueueSettings(parsed.Name, CanCreate: !parsed.AutoDelete), address);
    }

    public Task<ISendTransport> GetPublishTransport<T>(Uri? publishAddress)
        where T : class
    {
        var topology = host.Topologies.Publish.ForMessage<T>();
        return TopicTransport(topology.Settings, publishAddress ?? topology.Address(host.HostAddress));
    }

    private Task<ISendTransport> QueueTransport(QueueSettings settings, Uri address)
    {
        return Create(address, settings.Name, canDelay: true, Send);

        async Task Send(SqsClientContext clientContext, OutgoingMessage message, CancellationToken cancellationToken)
        {
            var queue = await clientContext.Broker.Queue(settings, cancellationToken).ConfigureAwait(false);
            try
            {
                await queue.Send(message, cancellationToken).ConfigureAwait(false);
            }
            catch (QueueDoesNotExistException)
            {
                clientContext.Broker.Forget(queue);
                throw;
            }
        }
    }

    private Task<ISendTransport> TopicTransport(TopicSettings settings, Uri address)
    {
        return Create(address, settings.Name, canDelay: false, Publish);

        async Task Publish(SqsClientContext clientContext, OutgoingMessage message, CancellationToken cancellationToken)
        {
            var topic = await clientContext.Broker.Topic(settings, cancellationToken).ConfigureAwait(false);
            await topic.Publish(message, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<ISendTransport> Create(Uri address, string name, bool canDelay, SendOutgoingMessage send)
    {
        var transportContext = new SqsSendTransportContext(host, context, address, name, canDelay, send);
        var transport = new SendTransport<SqsClientContext>(transportContext);
        context.AddSendAgent(transport);
        return Task.FromResult<ISendTransport>(transport);
    }
}

internal delegate Task SendOutgoingMessage(SqsClientContext clientContext, OutgoingMessage message, CancellationToken cancellationToken);

/// <summary>Sends to one queue or topic.</summary>
internal sealed class SqsSendTransportContext(
    SqsHostConfiguration host,
    SqsReceiveEndpointContext endpoint,
    Uri destination,
    string entityName,
    bool canDelay,
    SendOutgoingMessage send) : BaseSendTransportContext(host, endpoint.Serialization), SendTransportContext<SqsClientContext>
{
    private readonly TransportSetHeaderAdapter<string> _headers =
        new(new TextHeaders(host.Settings.AllowTransportHeader), TransportHeaderOptions.IncludeFaultMessage);

    public override string EntityName => entityName;

    public override string ActivitySystem => "aws_sqs";

    public Task Send(IPipe<SqsClientContext> pipe, CancellationToken cancellationToken = default) =>
        pipe.Send(new SqsClientContext(host.Broker(), CancellationToken.None, cancellationToken));

    public Task<SendContext<T>> CreateSendContext<T>(
        SqsClientContext context,
        T message,
        IPipe<SendContext<T>> pipe,
        CancellationToken cancellationToken)
        where T : class => CreateSendContext(message, pipe, cancellationToken);

    public override async Task<SendContext<T>> CreateSendContext<T>(
        T message,
        IPipe<SendContext<T>> pipe,
        CancellationToken cancellationToken)
    {
        var context = new GroupedSendContext<T>(message, cancellationToken);
        await pipe.Send(context).ConfigureAwait(false);
        return context;
    }

    public Task Send<T>(SqsClientContext transportContext, SendContext<T> sendContext)
        where T : class
    {
        var context = (GroupedSendContext<T>)sendContext;
        context.CancellationToken.ThrowIfCancellationRequested();
        if (!canDelay && context.Delay > TimeSpan.Zero)
        {
            const string Text = "SNS cannot delay a published message. Send the message to a queue with the delay, or use a scheduler.";
            throw new TransportException(destination, Text);
        }

        var message = OutgoingMessage.Create(
            destination, context.Body.GetString(), Attributes(context), context.Delay, context.GroupId);
        return send(transportContext, message, context.CancellationToken);
    }

    public void Probe(ProbeContext context) => context.CreateScope("sqsSend").Add("entity", entityName);

    private Dictionary<string, string> Attributes<T>(MessageSendContext<T> context)
        where T : class
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        _headers.Set(attributes, MessageHeaders.ContentType, context.ContentType!.ToString());
        if (context.CorrelationId is { } id)
        {
            _headers.Set(attributes, MessageHeaders.CorrelationId, id.ToString());
        }

        foreach (var header in context.Headers.GetAll())
        {
            _headers.Set(attributes, new HeaderValue(header));
        }

        return attributes;
    }

    private sealed class GroupedSendContext<T>(T message, CancellationToken cancellationToken)
        : MessageSendContext<T>(message, cancellationToken), IGroupedMessage
        where T : class
    {
        public string? GroupId { get; set; }
    }

    /// <summary>
    /// Headers that are text, or convert to text without loss, become attributes. An empty one cannot: SQS refuses it, and the body has it
    /// too.
    /// </summary>
    private sealed class TextHeaders(AllowTransportHeader? allow) : IHeaderValueConverter<string>
    {
        public bool TryConvert(HeaderValue headerValue, out HeaderValue<string> result) =>
            headerValue.IsStringValue(out result) && IsAllowed(result);

        public bool TryConvert<T>(HeaderValue<T> headerValue, out HeaderValue<string> result) =>
            headerValue.IsStringValue(out result) && IsAllowed(result);

        private bool IsAllowed(HeaderValue<string> header) => header.Value.Length > 0 && allow?.Invoke(header) != false;
    }
}

/// <summary>A message that may belong to a group.</summary>
internal interface IGroupedMessage
{
    string? GroupId { get; set; }
}
