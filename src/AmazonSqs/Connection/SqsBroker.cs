using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Sns;
using MacroCausal.AmazonSqs.Topology;
using MacroCausal.AmazonSqs.Visibility;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>
/// The two clients of a bus, and the queues and topics that it has met. Nothing is ever listed: GetQueueUrl, CreateQueue and CreateTopic answer for what exists, whatever
/// else is in the account.
/// </summary>
internal sealed class SqsBroker(IAmazonSQS sqs, SnsClient sns) : IAsyncDisposable
{
    private readonly AsyncCache<SqsQueue> _queues = new();
    private readonly AsyncCache<SnsTopic> _topics = new();

    /// <summary>The thread that renews what this bus holds.</summary>
    public VisibilityClock Clock { get; } = new();

    public IAmazonSQS Sqs => sqs;

    public SnsClient Sns => sns;

    public Task<SqsQueue> Queue(QueueSettings settings, CancellationToken cancellationToken) =>
        _queues.Get(settings.Name, () => FindOrCreate(settings), cancellationToken);

    public Task<SnsTopic> Topic(TopicSettings settings, CancellationToken cancellationToken) =>
        _topics.Get(settings.Name, async () => new SnsTopic(sns, await sns.CreateTopic(settings.Name, settings.Attributes, settings.Tags, CancellationToken.None).ConfigureAwait(false)), cancellationToken);

    /// <summary>Called where a queue turned out to be gone: the next one who needs it looks again.</summary>
    public void Forget(SqsQueue queue) => _queues.Forget(queue.Name);

    /// <summary>Sends what still waits in the batches, then closes the clients.</summary>
    public async ValueTask DisposeAsync()
    {
        await _queues.DisposeAsync().ConfigureAwait(false);
        await _topics.DisposeAsync().ConfigureAwait(false);
        Clock.Dispose();
        sqs.Dispose();
        sns.Dispose();
    }

    private async Task<SqsQueue> FindOrCreate(QueueSettings settings)
    {
        try
        {
            var found = await sqs.GetQueueUrlAsync(settings.Name).ConfigureAwait(false);
            return new SqsQueue(sqs, settings.Name, found.QueueUrl);
        }
        catch (QueueDoesNotExistException) when (settings.MayCreate)
        {
            var request = new CreateQueueRequest(settings.Name) { Attributes = settings.Attributes.ToDictionary(), Tags = settings.Tags.ToDictionary() };
            var created = await sqs.CreateQueueAsync(request).ConfigureAwait(false);
            return new SqsQueue(sqs, settings.Name, created.QueueUrl);
        }
    }
}
