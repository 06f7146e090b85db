using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Compliance;

/// <summary>Retries, redelivery, delays, batches and concurrency.</summary>
public abstract class ConsumingCompliance(ITransport transport) : TransportCompliance(transport)
{
    [Fact]
    public async Task A_consumer_that_fails_is_tried_again()
    {
        var inbox = new Inbox<int>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
        {
            endpoint.UseMessageRetry(retry => retry.Immediate(2));
            endpoint.Handler<Order>(context =>
                context.GetRetryAttempt() < 2
                    ? throw new InvalidOperationException("not yet")
                    : inbox.Put(context.GetRetryAttempt()));
        }));

        await bus.Send(Name("orders"), new Order(NewId.NextGuid()));

        (await inbox.Next()).ShouldBe(2);
    }

    [Fact]
    public async Task A_consumer_that_fails_gets_the_message_again_after_a_while()
    {
        var inbox = new Inbox<int>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
        {
            endpoint.UseDelayedRedelivery(redelivery => redelivery.Intervals(TimeSpan.FromSeconds(1)));
            endpoint.Handler<Order>(context =>
                context.GetRedeliveryCount() == 0
                    ? throw new InvalidOperationException("not yet")
                    : inbox.Put(context.GetRedeliveryCount()));
        }));

        await bus.Send(Name("orders"), new Order(NewId.NextGuid()));

        (await inbox.Next()).ShouldBe(1);
    }

    [Fact]
    public async Task A_delayed_message_arrives_after_one_that_was_sent_later()
    {
        var inbox = new Inbox<int>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
            endpoint.Handler<Order>(context => inbox.Put(context.Message.Number))));

        await bus.Send(Name("orders"), new Order(NewId.NextGuid(), 2), context => context.Delay = TimeSpan.FromSeconds(3));
        await bus.Send(Name("orders"), new Order(NewId.NextGuid(), 1));

        (await inbox.Take(2)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_message_can_be_scheduled()
    {
        var inbox = new Inbox<Order>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
            endpoint.Handler<Order>(context => inbox.Put(context.Message))));
        var order = new Order(NewId.NextGuid());

        await bus.Service<IMessageScheduler>().ScheduleSend(new Uri($"queue:{Name("orders")}"), TimeSpan.FromSeconds(1), order);

        (await inbox.Next()).ShouldBe(order);
    }

    [Fact]
    public async Task Messages_are_consumed_in_batches()
    {
        var inbox = new Inbox<int[]>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
        {
            endpoint.PrefetchCount = 10;
            endpoint.Consumer(() => new Batches(inbox), consumer =>
                consumer.Options<BatchOptions>(options => options.SetMessageLimit(5).SetTimeLimit(TimeSpan.FromSeconds(20))));
        }));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(number => bus.Send(Name("orders"), new Order(NewId.NextGuid(), number))));

        (await inbox.Next()).Order().ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public async Task No_more_messages_are_consumed_at_once_than_the_limit_allows()
    {
        var probe = new ConcurrencyProbe(2);
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 2;
            endpoint.Handler<Order>(_ => probe.Enter());
        }));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => bus.Send(Name("orders"), new Order(NewId.NextGuid(), number))));

        await probe.Left.Take(8);
        probe.Max.ShouldBe(2);
    }

    private sealed class Batches(Inbox<int[]> inbox) : IConsumer<Batch<Order>>
    {
        public Task Consume(ConsumeContext<Batch<Order>> context) => inbox.Put([.. context.Message.Select(order => order.Message.Number)]);
    }
}

public sealed class InMemoryConsumingTests() : ConsumingCompliance(new InMemoryTransport());

[Trait("Category", "Slow")]
public sealed class SqsConsumingTests(EmulatorFixture emulators)
    : ConsumingCompliance(new SqsTransport(emulators)), IClassFixture<EmulatorFixture>;

/// <summary>Holds its callers until <paramref name="size"/> are inside, and records the maximum that were inside at once.</summary>
internal sealed class ConcurrencyProbe(int size)
{
    private readonly object _gate = new();
    private TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private int _waiting;

    public int Max { get; private set; }

    public Inbox<int> Left { get; } = new();

    public async Task Enter()
    {
        Task full;
        lock (_gate)
        {
            Max = Math.Max(Max, ++_inside);
            full = _full.Task;
            if (++_waiting == size)
            {
                _full.SetResult();
                (_full, _waiting) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
            }
        }

        await full;
        lock (_gate)
        {
            _inside--;
        }

        await Left.Put(0);
    }
}
