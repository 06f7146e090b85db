using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Receiving;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>Whatever bytes arrive, a message is consumed or moved, its slot is free again, and the next message is consumed.</summary>
[Trait("Category", "Slow")]
public sealed class HostileMessagesTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    private static readonly MessageAttributeValue Envelope = new()
    {
        DataType = "String",
        StringValue = "application/vnd.masstransit+json",
    };

    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["half a pair in the topic"] = """{"TopicArn":"\ud800","Message":"x"}""",
        ["half a pair in the message"] = """{"TopicArn":"arn","Message":"\udfff"}""",
        ["half a pair in a header"] = """{"TopicArn":"arn","Message":"x","MessageAttributes":{"\ud800":{"Value":"v"}}}""",
        ["half a pair in a name"] = """{"\ud800":1,"TopicArn":"arn","Message":"{}"}""",
        ["headers that SQS refuses"] =
            """{"TopicArn":"arn","Message":"x","MessageAttributes":{"with space":{"Value":"v"},"AWS.x":{"Value":""}}}""",
        ["no content type"] = """{"TopicArn":"arn","Message":"","MessageAttributes":{"a":{"Value":""},"Content-Type":{"Value":"/;;"}}}""",
        ["characters that SQS refuses"] = """{"TopicArn":"arn","Message":"\u0000\ufffe"}""",
        ["headers of our own"] =
            """{"TopicArn":"arn","Message":"x","MessageAttributes":{"MessageId":{"Value":"no id"},"MT-Reason":{"Value":"\u0001"}}}""",
        ["a number beyond double"] = """{"number":1e999,"id":"nobody"}""",
        ["an envelope of wrong types"] = """{"messageType":"urn:message:x","message":[]}""",
        ["a deep topic"] = "{\"TopicArn\":" + new string('[', 10_000),
        ["deep nesting"] = new string('[', 200_000),
        ["white space"] = "\t\r\n ",
        ["a megabyte"] = new string('x', 1_000_000),
    };

    private readonly SqsBus _sqs = new(emulators.Aws);

    public static TheoryData<string> Names => [.. Bodies.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task One_is_consumed_or_moved_and_the_next_is_consumed(string name)
    {
        var inbox = new Inbox<int>();
        await using var bus = await OneSlot(inbox);

        await _sqs.Bare.SendMessageAsync(await _sqs.Url("orders"), Bodies[name]);
        await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid(), 7));

        // An endpoint for plain JSON takes every JSON object for an order, if for one without a number.
        var consumed = 0;
        while (await inbox.Next() != 7)
        {
            consumed++;
        }

        await _sqs.Emptied("orders");
        (await MovedAsync() + consumed + inbox.Waiting).ShouldBe(1);
        FreeSlots().ShouldBe(1);
    }

    [Fact]
    public async Task Of_hundreds_made_at_random_every_one_is_consumed_or_moved()
    {
        const int Messages = 600;
        var inbox = new Inbox<int>();
        await using var bus = await OneSlot(inbox);
        var (url, random) = (await _sqs.Url("orders"), new Random(20261125));

        foreach (var batch in Enumerable.Range(0, Messages).Chunk(10))
        {
            var entries = batch.Select(number => new SendMessageBatchRequestEntry($"{number}", Body(random))
            {
                MessageAttributes = random.Next(0, 3) == 0 ? new() { ["Content-Type"] = Envelope } : null,
            });
            ((await _sqs.Bare.SendMessageBatchAsync(url, [.. entries])).Failed ?? []).ShouldBeEmpty();
        }

        await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid(), 7));
        await _sqs.Emptied("orders");

        var consumed = inbox.Waiting - 1;
        (await MovedAsync() + consumed).ShouldBe(Messages);
        FreeSlots().ShouldBe(1);
    }

    [Fact]
    public async Task An_endpoint_that_no_poll_comes_back_to_is_not_healthy_until_one_does()
    {
        var (answered, hang) = (new TaskCompletionSource(), true);
        var faults = new Faults((operation, _) => null)
        {
            Delay = operation => operation == "ReceiveMessage" && Volatile.Read(ref hang) ? answered.Task : Task.CompletedTask,
        };
        var sqs = new SqsBus(emulators.Aws) { Faults = faults };
        await using var bus = await sqs.Start<Order>("orders", _ => Task.CompletedTask);
        bus.Health().Status.ShouldBe(BusHealthStatus.Healthy);

        await Eventually.Holds(() => bus.Health().Status != BusHealthStatus.Healthy);
        bus.Log.Warnings.ShouldContain(line => line.Contains("was not received from", StringComparison.Ordinal));

        Volatile.Write(ref hang, false);
        answered.SetResult();
        await Eventually.Holds(() => bus.Health().Status == BusHealthStatus.Healthy);
    }

    private async Task<int> MovedAsync()
    {
        await _sqs.Bare.CreateQueueAsync(_sqs.Name("orders_error"));
        await _sqs.Bare.CreateQueueAsync(_sqs.Name("orders_skipped"));
        return await _sqs.Count("orders_error") + await _sqs.Count("orders_skipped");
    }

    private Task<RunningBus> OneSlot(Inbox<int> inbox) =>
        _sqs.Start<Order>("orders", context => inbox.Put(context.Message.Number), endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.UseRawJsonDeserializer(isDefault: true);
        });

    /// <summary>JSON that is nearly an envelope, an order or a notification, and bytes that are nearly JSON.</summary>
    private static string Body(Random random)
    {
        string[] tokens =
        [
            "{", "}", "[", "]", ":", ",", "\"", "\\u", "\\ud800", "\"TopicArn\"", "\"Message\"", "\"MessageAttributes\"", "\"Value\"",
            "\"messageType\"", "\"urn:message:MacroCausal.AmazonSqs.Tests.Buses:Order\"", "\"message\"", "\"number\"", "\"id\"",
            "1e999", "-0", "null", "true", "\"x\"", " ", "\u00e9", "\t", "12345678901234567890", "\"headers\"", "\"messageId\"", "\"\"",
        ];
        string[] frames =
        [
            "{0}", "{{\"TopicArn\":\"arn\",\"Message\":{0}}}", "{{\"TopicArn\":\"arn\",\"Message\":\"x\",\"MessageAttributes\":{{{0}}}}}",
            "{{\"id\":{0},\"number\":{0}}}", "{{\"messageType\":[{0}],\"message\":{{{0}}}}}",
            "{{\"messageType\":[\"urn:message:MacroCausal.AmazonSqs.Tests.Buses:Order\"],\"message\":{{\"number\":{0}}},\"headers\":{0}}}",
        ];
        var inner = new StringBuilder("1");
        for (var length = random.Next(0, 12); length > 0; length--)
        {
            inner.Append(tokens[random.Next(0, tokens.Length)]);
        }

        return string.Format(CultureInfo.InvariantCulture, frames[random.Next(0, frames.Length)], inner);
    }

    /// <summary>What the gauge says of this test's queue.</summary>
    private int FreeSlots()
    {
        var free = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == SqsMetrics.MeterName) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            if (Equals(tags[0].Value, _sqs.Name("orders"))) free = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return free;
    }
}
