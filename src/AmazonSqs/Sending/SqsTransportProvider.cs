using MacroCausal.AmazonSqs.Configuration;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Receiving;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Sending;

/// <summary>Makes the transports that an endpoint sends and publishes with, one for each destination.</summary>
internal sealed class SqsTransportProvider(SqsHostConfiguration host, SqsReceiveEndpointContext context) : ISendTransportProvider, IPublishTransportProvider
{
    public Uri NormalizeAddress(Uri address) => SqsAddress.Parse(host.HostAddress, address).ToUri();

    public Task<ISendTransport> GetSendTransport(Uri address)
    {
        var parsed = SqsAddress.Parse(host.HostAddress, address);
        return parsed.IsTopic ? Topic(new TopicSettings(parsed.Name), address) : Queue(new QueueSettings(parsed.Name, MayCreate: !parsed.AutoDelete), address);
    }

    public Task<ISendTransport> GetPublishTransport<T>(Uri? publishAddress)
        where T : class
    {
        var topology = host.Topologies.Publish.Of<T>();
        return Topic(topology.Settings, publishAddress ?? topology.Address(host.HostAddress));
    }

    private Task<ISendTransport> Queue(QueueSettings settings, Uri address) => Create(address, settings.Name, canDelay: true, async (session, message, cancellationToken) =>
    {
        var queue = await session.Broker.Queue(settings, cancellationToken).ConfigureAwait(false);
        try
        {
            await queue.Send(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Amazon.SQS.Model.QueueDoesNotExistException)
        {
            session.Broker.Forget(queue);
            throw;
        }
    });

    private Task<ISendTransport> Topic(TopicSettings settings, Uri address) => Create(address, settings.Name, canDelay: false, async (session, message, cancellationToken) =>
    {
        var topic = await session.Broker.Topic(settings, cancellationToken).ConfigureAwait(false);
        await topic.Publish(message, cancellationToken).ConfigureAwait(false);
    });

    private Task<ISendTransport> Create(Uri address, string name, bool canDelay, Func<SqsClientContext, OutgoingMessage, CancellationToken, Task> send)
    {
        var transport = new SendTransport<SqsClientContext>(new SqsSendTransportContext(host, context, address, name, canDelay, send));
        context.AddSendAgent(transport);
        return Task.FromResult<ISendTransport>(transport);
    }
}
