using System.Collections.Concurrent;
using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace MacroCausal.Cli.DeadLetters;

/// <summary>One dead-letter queue, and the messages of it that this process holds. What is still held at the end is given back.</summary>
internal sealed class DeadLetterQueue : IAsyncDisposable
{
    private const int BatchSize = 10;

    // A long poll asks every server of SQS; a short one only some.
    private const int WaitSeconds = 2;

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
        new(sqs, name, await UrlOfAsync(sqs, name, cancellationToken).ConfigureAwait(false));

    public static async Task<string> UrlOfAsync(SqsCalls sqs, string name, CancellationToken cancellationToken) =>
        (await sqs.CallAsync("GetQueueUrl", name, client => client.GetQueueUrlAsync(name, cancellationToken), cancellationToken).ConfigureAwait(false)).QueueUrl;

    /// <summary>Holds all messages that are there, so that none is seen twice.</summary>
    public async Task HoldAsync(TimeSpan hold, CancellationToken cancellationToken)
    {
        var attributes = await _sqs.CallAsync(
            "GetQueueAttributes",
            Name,
            client => client.GetQueueAttributesAsync(_url, [QueueAttributeName.ApproximateNumberOfMessagesNotVisible], cancellationToken),
            cancellationToken).ConfigureAwait(false);
        HeldByOthers = attributes.ApproximateNumberOfMessagesNotVisible;
        while (await HoldSomeAsync(hold, cancellationToken).ConfigureAwait(false))
        {
        }

        Letters = [.. _held.Values.Select(message => DeadLetterReader.Read(Name, message))];
    }

    /// <summary>Sends a message again, and only then deletes it here: a process that dies in between leaves a duplicate, which consumers do not mind, and loses nothing.</summary>
    public async Task ReplayAsync(DeadLetter letter, string queue, string url, CancellationToken cancellationToken)
    {
        var message = _held[letter.SqsMessageId];
        var again = new SendMessageRequest(url, message.Body) { MessageAttributes = DeadLetterReader.OwnAttributes(message) };
        await _sqs.CallAsync("SendMessage", queue, client => client.SendMessageAsync(again, cancellationToken), cancellationToken).ConfigureAwait(false);
        await DeleteAsync(letter).ConfigureAwait(false);
    }

    public async Task DeleteAsync(DeadLetter letter)
    {
        var receipt = _held[letter.SqsMessageId].ReceiptHandle;
        await _sqs.CallAsync("DeleteMessage", Name, client => client.DeleteMessageAsync(_url, receipt), CancellationToken.None).ConfigureAwait(false);
        _held.TryRemove(letter.SqsMessageId, out _);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _held.Values.Chunk(BatchSize))
        {
            var entries = batch.Select((message, index) => new ChangeMessageVisibilityBatchRequestEntry(index.ToString(CultureInfo.InvariantCulture), message.ReceiptHandle)
            {
                VisibilityTimeout = 0,
            });
            await _sqs.CallAsync(
                "ChangeMessageVisibility", Name, client => client.ChangeMessageVisibilityBatchAsync(_url, [.. entries]), CancellationToken.None).ConfigureAwait(false);
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
        var response = await _sqs.CallAsync("ReceiveMessage", Name, client => client.ReceiveMessageAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        var before = _held.Count;
        foreach (var message in response.Messages ?? [])
        {
            _held[message.MessageId] = message;
        }

        return _held.Count > before;
    }
}
