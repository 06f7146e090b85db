using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Visibility;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>
/// A queue that exists. Messages are sent and deleted in batches. Where the broker refuses message groups on a standard queue, which is how
/// brokers did before fair queues, messages go without.
/// </summary>
internal sealed class SqsQueue : IVisibilityQueue, IAsyncDisposable
{
    private readonly IAmazonSQS _sqs;
    private readonly Lazy<Batcher<OutgoingMessage>> _sends;
    private readonly Lazy<Batcher<string>> _deletes;
    private volatile bool _refusesGroups;

    public SqsQueue(IAmazonSQS sqs, string name, string url)
    {
        (_sqs, Name, Url) = (sqs, name, url);
        _sends = new(() => new Batcher<OutgoingMessage>(SendBatch));
        _deletes = new(() => new Batcher<string>(DeleteBatch));
    }

    public string Name { get; }

    public string Url { get; }

    public Task Send(OutgoingMessage message, CancellationToken cancellationToken) =>
        _sends.Value.Execute(message, message.Size, cancellationToken);

    public Task Delete(string receiptHandle) => _deletes.Value.Execute(receiptHandle, 0, CancellationToken.None);

    public Task ChangeVisibility(string receiptHandle, TimeSpan visibility, CancellationToken cancellationToken) =>
        _sqs.ChangeMessageVisibilityAsync(Url, receiptHandle, (int)visibility.TotalSeconds, cancellationToken);

    public async Task<IReadOnlyList<Message>> Receive(int limit, int waitTimeSeconds, CancellationToken cancellationToken)
    {
        var request = new ReceiveMessageRequest(Url)
        {
            MaxNumberOfMessages = limit,
            WaitTimeSeconds = waitTimeSeconds,
            MessageAttributeNames = ["All"],
            MessageSystemAttributeNames = [MessageSystemAttributeName.SentTimestamp, MessageSystemAttributeName.ApproximateReceiveCount],
        };
        var response = await _sqs.ReceiveMessageAsync(request, cancellationToken).ConfigureAwait(false);
        return response.Messages ?? [];
    }

    public async ValueTask DisposeAsync()
    {
        if (_sends.IsValueCreated)
        {
            await _sends.Value.DisposeAsync().ConfigureAwait(false);
        }

        if (_deletes.IsValueCreated)
        {
            await _deletes.Value.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyDictionary<int, BatchFailure>> SendBatch(IReadOnlyList<OutgoingMessage> messages)
    {
        var isGrouped = !_refusesGroups && messages.Any(message => message.GroupId is not null);
        try
        {
            var failures = Failures((await CallSendBatch(messages, isGrouped).ConfigureAwait(false)).Failed);
            if (!isGrouped || !failures.Values.Any(failure => IsGroupRefused(failure.Message))) return failures;
            _refusesGroups = true;
            return failures.ToDictionary(entry => entry.Key, entry => IsGroupRefused(entry.Value.Message)
                ? entry.Value with { SenderFault = false }
                : entry.Value);
        }
        catch (AmazonSQSException exception) when (isGrouped && IsGroupRefused(exception.Message))
        {
            _refusesGroups = true;
            return Failures((await CallSendBatch(messages, isGrouped: false).ConfigureAwait(false)).Failed);
        }
    }

    private Task<SendMessageBatchResponse> CallSendBatch(IReadOnlyList<OutgoingMessage> messages, bool isGrouped)
    {
        var entries = messages.Select((message, index) => new SendMessageBatchRequestEntry(Id(index), message.Body)
        {
            DelaySeconds = message.DelaySeconds > 0 ? message.DelaySeconds : null,
            MessageGroupId = isGrouped ? message.GroupId : null,
            MessageAttributes = message.Attributes.ToDictionary(
                attribute => attribute.Key,
                attribute => new MessageAttributeValue { DataType = "String", StringValue = attribute.Value }),
        });
        return _sqs.SendMessageBatchAsync(Url, [.. entries]);
    }

    // "The request include parameter MessageGroupId which is not valid for this queue type", or in words to that effect.
    private static bool IsGroupRefused(string? message) => message?.Contains("MessageGroupId", StringComparison.OrdinalIgnoreCase) == true;

    private async Task<IReadOnlyDictionary<int, BatchFailure>> DeleteBatch(IReadOnlyList<string> receiptHandles)
    {
        var entries = receiptHandles.Select((receiptHandle, index) => new DeleteMessageBatchRequestEntry(Id(index), receiptHandle));
        var response = await _sqs.DeleteMessageBatchAsync(Url, [.. entries]).ConfigureAwait(false);
        return Failures(response.Failed);
    }

    private static string Id(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<int, BatchFailure> Failures(List<BatchResultErrorEntry>? failed) => (failed ?? []).ToDictionary(
        entry => int.Parse(entry.Id, CultureInfo.InvariantCulture),
        entry => new BatchFailure(entry.Code, entry.Message, entry.SenderFault == true));
}
