using MacroCausal.AmazonSqs.Tests.Buses;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Compliance;

/// <summary>What a service may expect of any transport. It runs over MassTransit's in-memory bus, which says what is right, and over ours.</summary>
public abstract class TransportCompliance
{
    private readonly string _scope = $"t{Guid.NewGuid():N}"[..12];

    protected abstract void Use(IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure);

    [Fact]
    public async Task A_message_that_is_sent_arrives_at_its_queue_once()
    {
        var inbox = new Inbox<Order>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint => endpoint.Handler<Order>(context => Put(inbox, context.Message))));
        var order = new Order(NewId.NextGuid());

        await bus.Send(Name("orders"), order);

        (await inbox.Next()).ShouldBe(order);
        inbox.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_arrives_at_every_queue_that_subscribed()
    {
        var (first, second) = (new Inbox<Ordered>(), new Inbox<Ordered>());
        await using var bus = await Start(cfg =>
        {
            Receive(cfg, "first", endpoint => endpoint.Handler<Ordered>(context => Put(first, context.Message)));
            Receive(cfg, "second", endpoint => endpoint.Handler<Ordered>(context => Put(second, context.Message)));
        });
        var ordered = new Ordered(NewId.NextGuid());

        await bus.Bus.Publish(ordered);

        (await first.Next()).ShouldBe(ordered);
        (await second.Next()).ShouldBe(ordered);
    }

    [Fact]
    public async Task An_event_that_nobody_subscribed_to_is_published_all_the_same()
    {
        await using var bus = await Start(_ => { });

        await Should.NotThrowAsync(() => bus.Bus.Publish(new Ordered(NewId.NextGuid())));
    }

    [Fact]
    public async Task A_request_is_answered()
    {
        await using var bus = await Start(cfg => Receive(cfg, "questions", endpoint => endpoint.Handler<Question>(context => context.RespondAsync(new Answer(context.Message.Id)))));
        var question = new Question(NewId.NextGuid());

        var response = await Client(bus).GetResponse<Answer>(question);

        response.Message.Id.ShouldBe(question.Id);
    }

    [Fact]
    public async Task A_request_whose_consumer_fails_fails_at_the_one_who_asked()
    {
        await using var bus = await Start(cfg => Receive(cfg, "questions", endpoint => endpoint.Handler<Question>(_ => throw new InvalidOperationException("no idea"))));

        var failure = await Should.ThrowAsync<RequestFaultException>(() => Client(bus).GetResponse<Answer>(new Question(NewId.NextGuid())));

        failure.Fault!.Exceptions[0].Message.ShouldBe("no idea");
    }

    [Fact]
    public async Task A_message_whose_consumer_fails_goes_to_the_error_queue_and_its_fault_is_published()
    {
        var (errors, faults) = (new Inbox<Order>(), new Inbox<Fault<Order>>());
        await using var bus = await Start(cfg =>
        {
            Receive(cfg, "orders", endpoint => endpoint.Handler<Order>(_ => throw new InvalidOperationException("broken")));
            Receive(cfg, "orders_error", endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.Handler<Order>(context => Put(errors, context.Message));
            });
            Receive(cfg, "faults", endpoint => endpoint.Handler<Fault<Order>>(context => Put(faults, context.Message)));
        });
        var order = new Order(NewId.NextGuid());

        await bus.Send(Name("orders"), order);

        (await errors.Next()).ShouldBe(order);
        (await faults.Next()).Message.ShouldBe(order);
    }

    [Fact]
    public async Task A_message_that_no_consumer_knows_goes_to_the_skipped_queue()
    {
        var skipped = new Inbox<Unheard>();
        await using var bus = await Start(cfg =>
        {
            Receive(cfg, "orders", endpoint => endpoint.Handler<Order>(_ => Task.CompletedTask));
            Receive(cfg, "orders_skipped", endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.Handler<Unheard>(context => Put(skipped, context.Message));
            });
        });
        var unheard = new Unheard(NewId.NextGuid());

        await bus.Send(Name("orders"), unheard);

        (await skipped.Next()).ShouldBe(unheard);
    }

    [Fact]
    public async Task A_consumer_that_fails_is_tried_again()
    {
        var inbox = new Inbox<int>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
        {
            endpoint.UseMessageRetry(retry => retry.Immediate(2));
            endpoint.Handler<Order>(context => context.GetRetryAttempt() < 2 ? throw new InvalidOperationException("not yet") : Put(inbox, context.GetRetryAttempt()));
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
            endpoint.Handler<Order>(context => context.GetRedeliveryCount() == 0 ? throw new InvalidOperationException("not yet") : Put(inbox, context.GetRedeliveryCount()));
        }));

        await bus.Send(Name("orders"), new Order(NewId.NextGuid()));

        (await inbox.Next()).ShouldBe(1);
    }

    [Fact]
    public async Task A_delayed_message_arrives_after_one_that_was_sent_later()
    {
        var inbox = new Inbox<int>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint => endpoint.Handler<Order>(context => Put(inbox, context.Message.Number))));

        await bus.Send(Name("orders"), new Order(NewId.NextGuid(), 2), context => context.Delay = TimeSpan.FromSeconds(3));
        await bus.Send(Name("orders"), new Order(NewId.NextGuid(), 1));

        (await inbox.Take(2)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_message_can_be_scheduled()
    {
        var inbox = new Inbox<Order>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint => endpoint.Handler<Order>(context => Put(inbox, context.Message))));
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
            endpoint.Consumer(() => new Batches(inbox), consumer => consumer.Options<BatchOptions>(options => options.SetMessageLimit(5).SetTimeLimit(TimeSpan.FromSeconds(20))));
        }));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(number => bus.Send(Name("orders"), new Order(NewId.NextGuid(), number))));

        (await inbox.Next()).Order().ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public async Task No_more_messages_are_consumed_at_once_than_the_limit_allows()
    {
        var crowd = new ConcurrencyProbe(2);
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 2;
            endpoint.Handler<Order>(_ => crowd.Enter());
        }));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => bus.Send(Name("orders"), new Order(NewId.NextGuid(), number))));

        await crowd.Left.Take(8);
        crowd.Most.ShouldBe(2);
    }

    [Fact]
    public async Task Headers_and_ids_travel_with_the_message()
    {
        var inbox = new Inbox<ConsumeContext<Tagged>>();
        await using var bus = await Start(cfg => Receive(cfg, "tagged", endpoint => endpoint.Handler<Tagged>(context => Put(inbox, context))));
        var (tagged, conversation, initiator) = (new Tagged(NewId.NextGuid()), NewId.NextGuid(), NewId.NextGuid());

        await bus.Send(Name("tagged"), tagged, context =>
        {
            context.Headers.Set("Tenant", "north");
            context.Headers.Set("Attempt", 7);
            (context.ConversationId, context.InitiatorId) = (conversation, initiator);
        });

        var arrived = await inbox.Next();
        arrived.Headers.Get<string>("Tenant").ShouldBe("north");
        arrived.Headers.Get<int>("Attempt").ShouldBe(7);
        arrived.CorrelationId.ShouldBe(tagged.CorrelationId);
        arrived.ConversationId.ShouldBe(conversation);
        arrived.InitiatorId.ShouldBe(initiator);
        arrived.MessageId.ShouldNotBeNull();
        arrived.SentTime.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_temporary_endpoint_hears_events_until_it_stops()
    {
        var inbox = new Inbox<Ordered>();
        await using var bus = await Start(_ => { });
        var ordered = new Ordered(NewId.NextGuid());
        var temporary = bus.Service<IReceiveEndpointConnector>().ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition(),
            null,
            (_, endpoint) => endpoint.Handler<Ordered>(context => Put(inbox, context.Message)));
        await temporary.Ready.WaitAsync(TimeSpan.FromSeconds(30));

        await bus.Bus.Publish(ordered);
        (await inbox.Next()).ShouldBe(ordered);
        await temporary.StopAsync();
        await bus.Bus.Publish(ordered);

        inbox.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_bus_that_runs_is_healthy()
    {
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint => endpoint.Handler<Order>(_ => Task.CompletedTask)));

        bus.Health().Status.ShouldBe(BusHealthStatus.Healthy);
    }

    private static Task Put<T>(Inbox<T> inbox, T arrived)
    {
        inbox.Put(arrived);
        return Task.CompletedTask;
    }

    private string Name(string queue) => $"{_scope}-{queue}";

    private IRequestClient<Question> Client(RunningBus bus) =>
        bus.Service<IClientFactory>().CreateRequestClient<Question>(new Uri($"queue:{Name("questions")}"), RequestTimeout.After(s: 30));

    private void Receive(IBusFactoryConfigurator bus, string queue, Action<IReceiveEndpointConfigurator> configure) => bus.ReceiveEndpoint(Name(queue), endpoint =>
    {
        WaitShortly(endpoint);
        configure(endpoint);
    });

    /// <summary>Endpoints that wait shortly for messages stop soon.</summary>
    protected virtual void WaitShortly(IReceiveEndpointConfigurator endpoint)
    {
    }

    private Task<RunningBus> Start(Action<IBusFactoryConfigurator> configure) => RunningBus.Start(bus =>
    {
        bus.AddDelayedMessageScheduler();
        Use(bus, (_, cfg) =>
        {
            cfg.UseDelayedMessageScheduler();
            configure(cfg);
        });
    });

    private sealed class Batches(Inbox<int[]> inbox) : IConsumer<Batch<Order>>
    {
        public Task Consume(ConsumeContext<Batch<Order>> context) => Put(inbox, [.. context.Message.Select(order => order.Message.Number)]);
    }
}
