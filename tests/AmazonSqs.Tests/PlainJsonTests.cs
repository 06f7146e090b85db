using System.Text.Json;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>What comes from others than MassTransit.</summary>
[Trait("Category", "Slow")]
public sealed class PlainJsonTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    private readonly SqsBus _sqs = new(emulators.Aws);
    private readonly Order _order = new(NewId.NextGuid(), 7);
    private readonly Inbox<Order> _inbox = new();

    [Fact]
    public async Task A_plain_json_body_without_attributes_is_consumed()
    {
        await using var bus = await Start();

        await _sqs.Bare.SendMessageAsync(await _sqs.Url("orders"), Json());

        (await _inbox.Next()).ShouldBe(_order);
    }

    [Fact]
    public async Task A_queue_that_takes_plain_json_takes_envelopes_too()
    {
        await using var bus = await Start();

        await bus.Send(_sqs.Name("orders"), _order);

        (await _inbox.Next()).ShouldBe(_order);
    }

    [Fact]
    public async Task A_plain_json_body_that_SNS_wrapped_is_unwrapped()
    {
        await using var bus = await Start();

        await _sqs.Bare.SendMessageAsync(await _sqs.Url("orders"), Wrap(Json()));

        (await _inbox.Next()).ShouldBe(_order);
    }

    [Fact]
    public async Task An_envelope_that_SNS_wrapped_is_unwrapped_with_its_attributes()
    {
        await using var bus = await _sqs.Start<Order>("orders", context =>
        {
            context.ReceiveContext.TransportHeaders.Get<string>("Tenant").ShouldBe("north");
            context.ReceiveContext.TransportHeaders.Get<string>("TopicArn").ShouldBe("arn:aws:sns:eu-west-1:000000000000:orders");
            _inbox.Put(context.Message);
            return Task.CompletedTask;
        });
        await bus.Send(_sqs.Name("aside"), _order);
        var envelope = (await _sqs.Receive("aside")).Body;

        var wrapped = Wrap(envelope, ("Content-Type", "application/vnd.masstransit+json"), ("Tenant", "north"));
        await _sqs.Bare.SendMessageAsync(await _sqs.Url("orders"), wrapped);

        (await _inbox.Next()).ShouldBe(_order);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is not JSON")]
    [InlineData("{\"messageType\":[\"urn:message:Nobody:Knows\"],\"message\":{}")]
    [InlineData("{\"TopicArn\": 7, \"Message\": null}")]
    [InlineData("[[[[[")]
    public async Task A_body_that_cannot_be_read_goes_to_the_error_queue_as_it_is_and_delays_no_other_message(string body)
    {
        await using var bus = await Start(plain: false);
        var url = await _sqs.Url("orders");

        await _sqs.Bare.SendMessageAsync(url, body.Length == 0 ? " " : body);
        await bus.Send(_sqs.Name("orders"), _order);

        (await _inbox.Next()).ShouldBe(_order);
        var moved = await _sqs.Receive("orders_error");
        moved.Body.ShouldBe(body.Length == 0 ? " " : body);
        moved.MessageAttributes["MT-Reason"].StringValue.ShouldBe("fault");
    }

    private Task<RunningBus> Start(bool plain = true) => _sqs.Start<Order>("orders", context => _inbox.Put(context.Message), endpoint =>
    {
        if (plain)
        {
            endpoint.UseRawJsonDeserializer(isDefault: true);
        }
    });

    private string Json() => JsonSerializer.Serialize(_order, JsonSerializerOptions.Web);

    private static string Wrap(string body, params (string Name, string Value)[] attributes) => JsonSerializer.Serialize(new
    {
        Type = "Notification",
        MessageId = Guid.NewGuid(),
        TopicArn = "arn:aws:sns:eu-west-1:000000000000:orders",
        Message = body,
        Timestamp = "2026-01-01T00:00:00.000Z",
        SignatureVersion = "1",
        MessageAttributes = attributes.ToDictionary(attribute => attribute.Name, attribute => new { Type = "String", attribute.Value }),
    });
}
