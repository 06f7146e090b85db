using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Visibility;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>A queue that exists. Messages are sent and deleted in batches.</summary>
internal sealed class SqsQueue : IVisibilityQueue, IAsyncDisposable
{
    private readonly IAmazonSQS _sqs;
    private readonly Lazy<Batcher<OutgoingMessage>> _sends;
    private readonly Lazy<Batcher<string>> _deletes;

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
        var entries = messages.Select((message, index) => new SendMessageBatchRequestEntry(Id(index), message.Body)
        {
            DelaySeconds = message.DelaySeconds > 0 ? message.DelaySeconds : null,
            MessageAttributes = message.Attributes.ToDictionary(
                attribute => attribute.Key,
                attribute => new MessageAttributeValue { DataType = "String", StringValue = attribute.Value }),
        });
        var response = await _sqs.SendMessageBatchAsync(Url, [.. entries]).ConfigureAwait(false);
        return Failures(response.Failed);
    }

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
