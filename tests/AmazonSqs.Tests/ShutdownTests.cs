using System.Diagnostics;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>A stop is quick and clean. The queues here hide a message for ten minutes: what comes back sooner was given back.</summary>
[Trait("Category", "Slow")]
public sealed class ShutdownTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    private readonly SqsBus _sqs = new(emulators.Aws);
    private readonly Inbox<int> _inbox = new();

    [Fact]
    public async Task Messages_in_flight_that_do_not_finish_in_time_come_back_at_once()
    {
        var finish = new TaskCompletionSource();
        var bus = await Start(_ => finish.Task);
        for (var number = 0; number < 3; number++)
        {
            await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid(), number));
        }

        await _inbox.Take(3);

        await bus.Stop(TimeSpan.FromSeconds(1));

        for (var number = 0; number < 3; number++)
        {
            (await _sqs.Receive("orders")).MessageId.ShouldNotBeNull();
        }

        finish.SetResult();
        await bus.DisposeAsync();
    }

    [Fact]
    public async Task A_message_in_flight_that_finishes_in_time_is_done()
    {
        var finish = new TaskCompletionSource();
        var bus = await Start(_ => finish.Task);
        await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid()));
        await _inbox.Next();

        var stopping = bus.Stop(Patience.Limit);
        stopping.IsCompleted.ShouldBeFalse();
        finish.SetResult();
        await stopping;

        (await _sqs.Count("orders")).ShouldBe(0);
        await bus.DisposeAsync();
    }

    [Fact]
    public async Task A_consumer_that_releases_its_message_while_stopping_gives_it_to_the_next_one_at_once()
    {
        var stop = new CancellationTokenSource();
        var bus = await Start(
            _ => new TaskCompletionSource().Task.WaitAsync(stop.Token),
            endpoint => endpoint.ConfigureError(error => error.UseFilter(new ReleaseMessage())));
        await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid()));
        await _inbox.Next();

        var stopping = bus.Stop(Patience.Limit);
        await stop.CancelAsync();
        await stopping;

        (await _sqs.Receive("orders")).MessageId.ShouldNotBeNull();
        await bus.DisposeAsync();
    }

    [Fact]
    public async Task Messages_over_the_limit_are_not_received()
    {
        var finish = new TaskCompletionSource();
        var bus = await Start(_ => finish.Task, endpoint => endpoint.ConcurrentMessageLimit = 1);
        for (var number = 0; number < 5; number++)
        {
            await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid(), number));
        }

        await _inbox.Next();

        for (var number = 0; number < 4; number++)
        {
            (await _sqs.Receive("orders")).Attributes["ApproximateReceiveCount"].ShouldBe("1");
        }

        finish.SetResult();
        await bus.DisposeAsync();
    }

    [Fact]
    public async Task An_idle_service_stops_without_waiting_for_its_poll()
    {
        var bus = await Start(_ => Task.CompletedTask, endpoint => endpoint.WaitTimeSeconds = 20);

        var stopping = Stopwatch.StartNew();
        await bus.Stop(Patience.Limit);

        stopping.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15), "a poll waits 20 seconds");
        await bus.DisposeAsync();
    }

    private Task<RunningBus> Start(Func<Order, Task> consume, Action<IAmazonSqsReceiveEndpointConfigurator>? configure = null) =>
        _sqs.Start<Order>("orders", context =>
    {
        _inbox.Put(context.Message.Number);
        return consume(context.Message);
    }, endpoint =>
    {
        endpoint.QueueAttributes["VisibilityTimeout"] = 600;
        configure?.Invoke(endpoint);
    });

    private sealed class ReleaseMessage : IFilter<ExceptionReceiveContext>
    {
        public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next) => Task.FromException(context.Exception);

        public void Probe(ProbeContext context)
        {
        }
    }
}
