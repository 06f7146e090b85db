using System.Collections.Concurrent;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Sns;
using MacroCausal.AmazonSqs.Topology;
using MacroCausal.AmazonSqs.Visibility;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>
/// The two clients of a bus, and a cache of the queues and topics that it uses. It never lists an account's queues or topics: GetQueueUrl,
/// CreateQueue and CreateTopic find by name what exists.
/// </summary>
internal sealed class SqsBroker(IAmazonSQS sqs, SnsClient sns) : IAsyncDisposable
{
    private readonly AsyncCache<SqsQueue> _queues = new();
    private readonly AsyncCache<SnsTopic> _topics = new();

    /// <summary>The thread that renews the visibility of this bus's messages.</summary>
    public VisibilityClock Clock { get; } = new();

    public IAmazonSQS Sqs => sqs;

    public SnsClient Sns => sns;

    public Task<SqsQueue> Queue(QueueSettings settings, CancellationToken cancellationToken) =>
        _queues.Get(settings.Name, () => FindOrCreate(settings), cancellationToken);

    public Task<SnsTopic> Topic(TopicSettings settings, CancellationToken cancellationToken) =>
        _topics.Get(settings.Name, () => FindOrCreate(settings), cancellationToken);

    /// <summary>Removes a queue that no longer exists from the cache; the next use finds or creates it again.</summary>
    public void Forget(SqsQueue queue) => _queues.Remove(queue.Name);

    /// <summary>Sends the messages that wait in batches, then closes the clients.</summary>
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
        catch (QueueDoesNotExistException) when (settings.CanCreate)
        {
            var request = new CreateQueueRequest(settings.Name)
            {
                Attributes = settings.Attributes.ToDictionary(),
                Tags = settings.Tags.ToDictionary(),
            };
            var created = await sqs.CreateQueueAsync(request).ConfigureAwait(false);
            return new SqsQueue(sqs, settings.Name, created.QueueUrl);
        }
    }

    private async Task<SnsTopic> FindOrCreate(TopicSettings settings)
    {
        var arn = await sns.CreateTopic(settings.Name, settings.Attributes, settings.Tags, CancellationToken.None).ConfigureAwait(false);
        return new SnsTopic(sns, arn);
    }
}

/// <summary>
/// Makes each named value once, even where several callers ask at the same time. A failure is not cached: the next call tries again.
/// </summary>
internal sealed class AsyncCache<T> : IAsyncDisposable
    where T : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<T>>> _values = new(StringComparer.Ordinal);

    public async Task<T> Get(string name, Func<Task<T>> create, CancellationToken cancellationToken)
    {
        var value = _values.GetOrAdd(name, _ => new Lazy<Task<T>>(create));
        try
        {
            return await value.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (value.Value.IsFaulted || value.Value.IsCanceled)
        {
            _values.TryRemove(KeyValuePair.Create(name, value));
            throw;
        }
    }

    public void Remove(string name) => _values.TryRemove(name, out _);

    public async ValueTask DisposeAsync()
    {
        foreach (var value in _values.Values.Where(value => value is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
        {
            await (await value.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
