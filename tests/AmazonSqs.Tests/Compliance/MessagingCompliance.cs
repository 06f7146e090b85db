using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Compliance;

/// <summary>Messages, events and requests reach the right queue, and what cannot be consumed goes to _error or _skipped.</summary>
public abstract class MessagingCompliance(ITransport transport) : TransportCompliance(transport)
{
    [Fact]
    public async Task A_message_that_is_sent_arrives_at_its_queue_once()
    {
        var inbox = new Inbox<Order>();
        await using var bus = await Start(cfg => Receive(cfg, "orders", endpoint =>
            endpoint.Handler<Order>(context => inbox.Put(context.Message))));
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
            Receive(cfg, "first", endpoint => endpoint.Handler<Ordered>(context => first.Put(context.Message)));
            Receive(cfg, "second", endpoint => endpoint.Handler<Ordered>(context => second.Put(context.Message)));
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
        await using var bus = await Start(cfg => Receive(cfg, "questions", endpoint =>
            endpoint.Handler<Question>(context => context.RespondAsync(new Answer(context.Message.Id)))));
        var question = new Question(NewId.NextGuid());

        var response = await Client(bus).GetResponse<Answer>(question);

        response.Message.Id.ShouldBe(question.Id);
    }

    [Fact]
    public async Task A_request_whose_consumer_fails_fails_at_the_one_who_asked()
    {
        await using var bus = await Start(cfg => Receive(cfg, "questions", endpoint =>
            endpoint.Handler<Question>(_ => throw new InvalidOperationException("no idea"))));

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
                endpoint.Handler<Order>(context => errors.Put(context.Message));
            });
            Receive(cfg, "faults", endpoint => endpoint.Handler<Fault<Order>>(context => faults.Put(context.Message)));
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
                endpoint.Handler<Unheard>(context => skipped.Put(context.Message));
            });
        });
        var unheard = new Unheard(NewId.NextGuid());

        await bus.Send(Name("orders"), unheard);

        (await skipped.Next()).ShouldBe(unheard);
    }

    [Fact]
    public async Task Headers_and_ids_travel_with_the_message()
    {
        var inbox = new Inbox<ConsumeContext<Tagged>>();
        await using var bus = await Start(cfg => Receive(cfg, "tagged", endpoint =>
            endpoint.Handler<Tagged>(context => inbox.Put(context))));
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
            (_, endpoint) => endpoint.Handler<Ordered>(context => inbox.Put(context.Message)));
        await temporary.Ready.WaitAsync(Patience.Limit);

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

    private IRequestClient<Question> Client(RunningBus bus) =>
        bus.Service<IClientFactory>().CreateRequestClient<Question>(new Uri($"queue:{Name("questions")}"), RequestTimeout.After(m: 8));
}

public sealed class InMemoryMessagingTests() : MessagingCompliance(new InMemoryTransport());

[Trait("Category", "Slow")]
public sealed class SqsMessagingTests(EmulatorFixture emulators)
    : MessagingCompliance(new SqsTransport(emulators)), IClassFixture<EmulatorFixture>;
