using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Sending;

namespace MacroCausal.AmazonSqs.Tests.Connection;

public sealed class SqsQueueTests
{
    private static readonly Uri Destination = new("amazonsqs://eu-west-1/run-trial");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_that_refuses_groups_on_a_standard_queue_gets_the_messages_without(bool entryByEntry)
    {
        using var broker = new Broker(refuses: true, entryByEntry);
        await using (var queue = new SqsQueue(broker, "run-trial", "https://sqs/run-trial"))
        {
            await Task.WhenAll(Enumerable.Range(0, 25).Select(number => SendAsync(queue, number)));
            var refused = broker.Refused;
            await SendAsync(queue, 25);

            refused.ShouldBeGreaterThan(0);
            broker.Refused.ShouldBe(refused, "it is not asked again");
        }

        broker.Sent.Select(entry => int.Parse(entry.MessageBody)).Order().ShouldBe(Enumerable.Range(0, 26));
        broker.Sent.ShouldAllBe(entry => entry.MessageGroupId == null);
    }

    [Fact]
    public async Task A_broker_that_knows_fair_queues_gets_each_messages_own_group()
    {
        using var broker = new Broker(refuses: false, entryByEntry: false);
        await using (var queue = new SqsQueue(broker, "run-trial", "https://sqs/run-trial"))
        {
            await Task.WhenAll(Enumerable.Range(0, 25).Select(number => SendAsync(queue, number)));
        }

        broker.Sent.Count.ShouldBe(25);
        broker.Sent.ShouldAllBe(entry => entry.MessageGroupId == $"study-{int.Parse(entry.MessageBody) % 3}");
    }

    private static Task SendAsync(SqsQueue queue, int number) => queue.Send(
        OutgoingMessage.Create(Destination, $"{number}", new Dictionary<string, string>(), groupId: $"study-{number % 3}"), default);

    private sealed class Broker(bool refuses, bool entryByEntry)
        : AmazonSQSClient(new AnonymousAWSCredentials(), Amazon.RegionEndpoint.EUWest1)
    {
        private int _refused;

        public ConcurrentBag<SendMessageBatchRequestEntry> Sent { get; } = [];

        public int Refused => _refused;

        // As SQS answered before it had fair queues.
        public override Task<SendMessageBatchResponse> SendMessageBatchAsync(
            string queueUrl, List<SendMessageBatchRequestEntry> entries, CancellationToken cancellationToken = default)
        {
            const string Text = "The request include parameter MessageGroupId which is not valid for this queue type";
            var grouped = entries.Where(entry => refuses && entry.MessageGroupId is not null).ToList();
            Interlocked.Add(ref _refused, grouped.Count);
            if (grouped.Count > 0 && !entryByEntry) throw new AmazonSQSException(Text) { ErrorCode = "InvalidParameterValue" };
            entries.Except(grouped).ToList().ForEach(Sent.Add);
            return Task.FromResult(new SendMessageBatchResponse
            {
                Failed = [.. grouped.Select(entry => new BatchResultErrorEntry
                {
                    Id = entry.Id, Code = "InvalidParameterValue", Message = Text, SenderFault = true,
                })],
            });
        }
    }
}
