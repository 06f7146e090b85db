using System.Collections.Concurrent;
using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace MacroCausal.Cli.DeadLetters;

/// <summary>One dead-letter queue, and the messages of it that this process holds. What is still held at the end is released.</summary>
internal sealed class DeadLetterQueue : IAsyncDisposable
{
    private const int BatchSize = 10;

    // A long poll, of whatever length, asks every server of SQS; a short one only some.
    private const int WaitSeconds = 1;

    private readonly ConcurrentDictionary<string, Message> _held = new(StringComparer.Ordinal);
    private readonly SqsCalls _sqs;
    private readonly string _url;

    private DeadLetterQueue(SqsCalls sqs, string name, string url) => (_sqs, Name, _url) = (sqs, name, url);

    public string Name { get; }

    /// <summary>Messages that somebody else held when this process came.</summary>
    public int HeldByOthers { get; private set; }

    public IReadOnlyList<DeadLetter> Letters { get; private set; } = [];

    /// <exception cref="BadInputException">There is no such queue.</exception>
    public static async Task<DeadLetterQueue> FindAsync(SqsCalls sqs, string name, CancellationToken cancellationToken) =>
        new(sqs, name, await UrlOfAsync(sqs, name, cancellationToken));

    public static async Task<string> UrlOfAsync(SqsCalls sqs, string name, CancellationToken cancellationToken) =>
        (await sqs.CallAsync("GetQueueUrl", name, client => client.GetQueueUrlAsync(name, cancellationToken), cancellationToken)).QueueUrl;

    /// <summary>Holds all messages that are there, so that none is seen twice.</summary>
    public async Task HoldAsync(TimeSpan hold, CancellationToken cancellationToken)
    {
        var attributes = await _sqs.CallAsync(
            "GetQueueAttributes",
            Name,
            client => client.GetQueueAttributesAsync(_url, [QueueAttributeName.ApproximateNumberOfMessagesNotVisible], cancellationToken),
            cancellationToken);
        HeldByOthers = attributes.ApproximateNumberOfMessagesNotVisible;
        while (await HoldSomeAsync(hold, cancellationToken))
        {
        }

        Letters = [.. _held.Values.Select(message => DeadLetterReader.Read(Name, message))];
    }

    /// <summary>
    /// Sends a message again, and only then deletes it here: a process that dies in between leaves a duplicate, which consumers ignore,
    /// and loses nothing.
    /// </summary>
    public async Task ReplayAsync(DeadLetter letter, string queue, string url, CancellationToken cancellationToken)
    {
        var message = _held[letter.SqsMessageId];
        var again = new SendMessageRequest(url, message.Body) { MessageAttributes = DeadLetterReader.OwnAttributes(message) };
        await _sqs.CallAsync("SendMessage", queue, client => client.SendMessageAsync(again, cancellationToken), cancellationToken);
        await DeleteAsync(letter);
    }

    public async Task DeleteAsync(DeadLetter letter)
    {
        var receipt = _held[letter.SqsMessageId].ReceiptHandle;
        await _sqs.CallAsync("DeleteMessage", Name, client => client.DeleteMessageAsync(_url, receipt), CancellationToken.None);
        _held.TryRemove(letter.SqsMessageId, out _);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _held.Values.Chunk(BatchSize))
        {
            var entries = batch.Select((message, index) =>
                new ChangeMessageVisibilityBatchRequestEntry(index.ToString(CultureInfo.InvariantCulture), message.ReceiptHandle)
                {
                    VisibilityTimeout = 0,
                });
            await _sqs.CallAsync(
                "ChangeMessageVisibility",
                Name,
                client => client.ChangeMessageVisibilityBatchAsync(_url, [.. entries]),
                CancellationToken.None);
        }
    }

    /// <summary>True where there was a message that is new; one that comes again is held by its newer receipt.</summary>
    private async Task<bool> HoldSomeAsync(TimeSpan hold, CancellationToken cancellationToken)
    {
        var request = new ReceiveMessageRequest(_url)
        {
            MaxNumberOfMessages = BatchSize,
            WaitTimeSeconds = WaitSeconds,
            VisibilityTimeout = (int)hold.TotalSeconds,
            MessageAttributeNames = ["All"],
            MessageSystemAttributeNames = ["All"],
        };
        var response = await _sqs.CallAsync(
            "ReceiveMessage", Name, client => client.ReceiveMessageAsync(request, cancellationToken), cancellationToken);
        var before = _held.Count;
        foreach (var message in response.Messages ?? [])
        {
            _held[message.MessageId] = message;
        }

        return _held.Count > before;
    }
}

/// <summary>The queues beside a service's queue that take what it could not consume.</summary>
internal static class DeadLetterQueueNames
{
    private static readonly string[] Services =
        [QueueNames.StartTraining, QueueNames.Study, QueueNames.PrepareData, QueueNames.RunTrial, QueueNames.RegisterModel];

    // What a consumer failed at, or SQS took away because nobody finished it; and what no consumer knows.
    private static readonly string[] Suffixes = ["_error", "_skipped"];

    /// <summary>All that the services and their infrastructure make.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Services.SelectMany(service => Suffixes.Select(suffix => service + suffix))];

    /// <summary>The queue that a dead-letter queue belongs to by its name, or null.</summary>
    public static string? Owner(string queue) =>
        Suffixes.FirstOrDefault(suffix => queue.Length > suffix.Length && queue.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix
            ? queue[..^suffix.Length]
            : null;

    /// <summary>Why messages of a queue must not be held, or null: those of a live queue are on their way to a consumer.</summary>
    public static string? Refusal(string queue) => Services.Contains(queue)
        ? $"'{queue}' is the queue of a service, whose messages are on their way; "
            + $"what failed there is in '{queue}_error' or '{queue}_skipped'."
        : null;
}
