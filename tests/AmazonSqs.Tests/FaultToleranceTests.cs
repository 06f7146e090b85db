using System.Collections.Concurrent;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>Throttling, second deliveries and a deleted queue lose no message.</summary>
[Trait("Category", "Slow")]
public sealed class FaultToleranceTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    [Fact]
    public async Task A_service_that_throttles_loses_nothing()
    {
        string[] throttled =
        [
            "SendMessageBatch", "PublishBatch", "ReceiveMessage", "DeleteMessageBatch", "GetQueueUrl", "CreateTopic", "Subscribe",
        ];
        var faults = new Faults((operation, call) => (throttled.Contains(operation), call % 4) switch
        {
            (true, 1) => Faults.Throttled,
            (true, 3) => Faults.Overloaded,
            _ => null,
        });
        var sqs = new SqsBus(emulators.Aws) { Faults = faults };
        var (seen, inbox) = (new ConcurrentDictionary<int, int>(), new Inbox<int>());
        await using var bus = await sqs.Start<Order>("orders", context => Count(seen, inbox, context.Message.Number));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => bus.Send(sqs.Name("orders"), new Order(NewId.NextGuid(), number))));
        await Task.WhenAll(Enumerable.Range(50, 50).Select(number => bus.Bus.Publish(new Order(NewId.NextGuid(), number))));

        await inbox.Take(100);
        seen.Count.ShouldBe(100);
        await sqs.Emptied("orders");
        foreach (var operation in throttled)
        {
            faults.Calls(operation).ShouldBeGreaterThan(1, operation);
        }
    }

    [Fact]
    public async Task A_message_that_comes_again_while_it_is_consumed_is_not_consumed_twice()
    {
        // Until the message has come again no renewal succeeds, so that SQS redelivers it while its consumer is still busy.
        var cut = true;
        var faults = new Faults((operation, _) =>
            operation == "ChangeMessageVisibility" && Volatile.Read(ref cut) ? Faults.Overloaded : null);
        var sqs = new SqsBus(emulators.Aws) { Faults = faults };
        var (inbox, finish) = (new Inbox<int>(), new TaskCompletionSource());
        await using var bus = await sqs.Start<Order>("orders", context =>
        {
            inbox.Put(context.Message.Number);
            return finish.Task;
        }, endpoint => endpoint.QueueAttributes["VisibilityTimeout"] = 2);
        await bus.Send(sqs.Name("orders"), new Order(NewId.NextGuid(), 1));
        await inbox.Next();

        await Eventually.Holds(() => bus.Log.All.Any(line => line.Contains("came again", StringComparison.Ordinal)));
        Volatile.Write(ref cut, false);
        finish.SetResult();

        // Deleted by its newest receipt handle, it is really gone.
        await sqs.Emptied("orders");
        inbox.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_queue_that_is_deleted_under_a_running_service_is_made_again()
    {
        var sqs = new SqsBus(emulators.Aws);
        var inbox = new Inbox<int>();
        await using var bus = await sqs.Start<Order>("orders", context => inbox.Put(context.Message.Number));

        await sqs.Bare.DeleteQueueAsync(await sqs.Url("orders"));
        await Eventually.Holds(async () => (await sqs.Bare.ListQueuesAsync(sqs.Name("orders"))).QueueUrls is { Count: > 0 });
        await bus.Bus.Publish(new Order(NewId.NextGuid(), 7));

        (await inbox.Next()).ShouldBe(7);
    }

    private static Task Count(ConcurrentDictionary<int, int> seen, Inbox<int> inbox, int number)
    {
        seen.AddOrUpdate(number, 1, (_, times) => times + 1);
        return inbox.Put(number);
    }
}
