using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>What SQS would refuse is an error at the sender, before anything is sent.</summary>
[Trait("Category", "Slow")]
public sealed class LimitTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    private readonly SqsBus _sqs = new(emulators.Aws) { Faults = new Faults((operation, _) => RefuseBatches(operation)) };

    [Fact]
    public Task More_than_ten_attributes() => Refused(context =>
    {
        for (var number = 0; number < 10; number++)
        {
            context.Headers.Set($"Header{number}", "value");
        }
    }, "11 attributes", "Header9", "SQS takes 10");

    [Fact]
    public Task A_body_over_1_MiB() =>
        Refused(context => context.Headers.Set("Huge", new string('x', 1024 * 1024)), "bytes with its attributes", "object store");

    [Fact]
    public Task A_delay_of_more_than_15_minutes() => Refused(context => context.Delay = TimeSpan.FromMinutes(16), "00:15:00", "00:16:00");

    [Fact]
    public Task A_header_that_cannot_be_an_attribute() =>
        Refused(context => context.Headers.Set("with space", "value"), "'with space'", "Rename");

    [Fact]
    public async Task An_address_that_SQS_refuses()
    {
        await using var bus = await _sqs.Start(_ => { });

        var failure = await Should.ThrowAsync<TransportException>(() => bus.Send("not.valid", new Order(NewId.NextGuid())));

        failure.Message.ShouldContain("AWS refuses 'not.valid'");
    }

    [Fact]
    public async Task An_event_with_a_delay()
    {
        await using var bus = await _sqs.Start(_ => { });

        var ordered = new Ordered(NewId.NextGuid());
        var failure = await Should.ThrowAsync<TransportException>(() =>
            bus.Bus.Publish(ordered, context => context.Delay = TimeSpan.FromSeconds(1)));

        failure.Message.ShouldContain("SNS cannot delay");
    }

    private async Task Refused(Action<SendContext<Order>> configure, params string[] reasons)
    {
        await using var bus = await _sqs.Start(_ => { });

        var order = new Order(NewId.NextGuid());
        var failure = await Should.ThrowAsync<TransportException>(() => bus.Send(_sqs.Name("orders"), order, configure));

        foreach (var reason in reasons)
        {
            failure.Message.ShouldContain(reason);
        }
    }

    private static AwsFault? RefuseBatches(string operation) =>
        operation.EndsWith("Batch", StringComparison.Ordinal) ? throw new InvalidOperationException("Something was sent.") : null;
}
