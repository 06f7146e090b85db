using System.Collections.Concurrent;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>Many messages. The emulator delivers in random order on purpose.</summary>
[Trait("Category", "Slow")]
public sealed class DeliveryTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    [Fact]
    public async Task Of_a_thousand_messages_none_is_lost_and_none_is_consumed_twice()
    {
        var sqs = new SqsBus(emulators.Aws);
        var (seen, inbox) = (new ConcurrentDictionary<int, int>(), new Inbox<int>());
        await using var bus = await sqs.Start<Order>(
            "orders",
            context => Count(seen, inbox, context.Message.Number),
            endpoint => endpoint.PrefetchCount = 100);

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => bus.Send(sqs.Name("orders"), new Order(NewId.NextGuid(), number))));

        await inbox.Take(1000);
        seen.Count.ShouldBe(1000);
        seen.Values.ShouldAllBe(times => times == 1);
        await sqs.Emptied("orders");
    }

    [Fact]
    public async Task A_thousand_events_reach_two_services_each()
    {
        var sqs = new SqsBus(emulators.Aws);
        var (first, second) = (new Inbox<int>(), new Inbox<int>());
        await using var bus = await sqs.Start(cfg =>
        {
            cfg.ReceiveEndpoint(sqs.Name("first"), endpoint => endpoint.Handler<Order>(context => first.Put(context.Message.Number)));
            cfg.ReceiveEndpoint(sqs.Name("second"), endpoint => endpoint.Handler<Order>(context => second.Put(context.Message.Number)));
        });

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => bus.Bus.Publish(new Order(NewId.NextGuid(), number))));

        (await first.Take(1000)).Order().ShouldBe(Enumerable.Range(0, 1000));
        (await second.Take(1000)).Order().ShouldBe(Enumerable.Range(0, 1000));
    }

    private static Task Count(ConcurrentDictionary<int, int> seen, Inbox<int> inbox, int number)
    {
        seen.AddOrUpdate(number, 1, (_, times) => times + 1);
        return inbox.Put(number);
    }
}
