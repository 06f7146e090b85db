using System.Text.Json;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>What is put on the wire, read by the bare SDK: a service built with MassTransit.AmazonSQS must find what it expects.</summary>
[Trait("Category", "Slow")]
public sealed class WireFormatTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    private readonly SqsBus _sqs = new(emulators.Aws);

    [Fact]
    public async Task A_message_is_an_envelope_with_string_attributes()
    {
        await using var bus = await _sqs.Start(_ => { });
        var tagged = new Tagged(NewId.NextGuid());

        await bus.Send(_sqs.Name("tagged"), tagged, context => context.Headers.Set("Tenant", "north"));

        var message = await _sqs.Receive("tagged");
        message.MessageAttributes.Values.ShouldAllBe(value => value.DataType == "String");
        message.MessageAttributes.ToDictionary(pair => pair.Key, pair => pair.Value.StringValue).ShouldBe(
            new Dictionary<string, string>
            {
                ["Content-Type"] = "application/vnd.masstransit+json",
                ["CorrelationId"] = tagged.CorrelationId.ToString(),
                ["Tenant"] = "north",
            },
            ignoreOrder: true);
        var envelope = JsonElement.Parse(message.Body);
        var messageType = envelope.GetProperty("messageType").EnumerateArray().First().GetString();
        messageType.ShouldBe("urn:message:MacroCausal.AmazonSqs.Tests.Buses:Tagged");
        envelope.GetProperty("message").GetProperty("correlationId").GetGuid().ShouldBe(tagged.CorrelationId);
        envelope.GetProperty("destinationAddress").GetString().ShouldBe($"amazonsqs://eu-west-1/{_sqs.Scope}/{_sqs.Name("tagged")}");
        envelope.GetProperty("headers").GetProperty("Tenant").GetString().ShouldBe("north");
        envelope.GetProperty("host").GetProperty("massTransitVersion").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_message_of_a_group_carries_it_as_SQS_has_it_and_no_attribute()
    {
        var sent = new Faults((_, _) => null);
        var sqs = new SqsBus(emulators.Aws) { Faults = sent };
        await using var bus = await sqs.Start(configure => configure.ConfigureSend(
            send => send.UseExecute(context => context.TrySetGroupId("study-1").ShouldBeTrue())));

        await bus.Send(sqs.Name("grouped"), new Tagged(NewId.NextGuid()));

        // The emulator takes the group of a standard queue and forgets it.
        var entry = JsonElement.Parse(sent.LastBody("SendMessageBatch")).GetProperty("Entries").EnumerateArray().Single();
        entry.GetProperty("MessageGroupId").GetString().ShouldBe("study-1");
        entry.GetProperty("MessageAttributes").EnumerateObject().Select(attribute => attribute.Name)
            .ShouldBe(["Content-Type", "CorrelationId"], ignoreOrder: true);
        (await sqs.Receive("grouped")).Body.ShouldContain("Tagged");
    }

    [Fact]
    public async Task An_event_reaches_its_queue_raw_and_the_queue_lets_only_its_topics_in()
    {
        await using var bus = await RunningBus.Start(cfg => cfg.UsingAmazonSqs((_, sqs) =>
        {
            _sqs.Host(sqs, scopeTopics: false);
            sqs.ReceiveEndpoint(_sqs.Name("orders"), endpoint =>
            {
                endpoint.Handler<Ordered>(_ => Task.CompletedTask);
                endpoint.Handler<Fault<Order>>(_ => Task.CompletedTask);
            });
        }));
        var attributes = (await _sqs.Bare.GetQueueAttributesAsync(await _sqs.Url("orders"), ["All"])).Attributes;

        var statement = JsonElement.Parse(attributes["Policy"]).GetProperty("Statement").EnumerateArray().ShouldHaveSingleItem();

        statement.GetProperty("Effect").GetString().ShouldBe("Allow");
        statement.GetProperty("Principal").GetProperty("Service").GetString().ShouldBe("sns.amazonaws.com");
        statement.GetProperty("Action").GetString().ShouldBe("sqs:SendMessage");
        statement.GetProperty("Resource").GetString().ShouldBe(attributes["QueueArn"]);
        var sources = statement.GetProperty("Condition").GetProperty("ArnLike").GetProperty("aws:SourceArn").EnumerateArray();
        sources.Select(arn => arn.GetString()!.Split(':')[^1]).ShouldBe(
        [
            "MacroCausal_AmazonSqs_Tests_Buses-Ordered",
            "MassTransit-Fault--MacroCausal_AmazonSqs_Tests_Buses-Order--",
        ]);
    }

    [Fact]
    public async Task A_subscription_delivers_the_envelope_itself_with_its_attributes()
    {
        await using var bus = await _sqs.Start(cfg =>
        {
            cfg.DeployTopologyOnly = true;
            cfg.ReceiveEndpoint(_sqs.Name("events"), endpoint => endpoint.Handler<Ordered>(_ => Task.CompletedTask));
        });
        var ordered = new Ordered(NewId.NextGuid());
        await bus.Bus.Publish(ordered);

        var message = await _sqs.Receive("events");
        message.MessageAttributes["Content-Type"].StringValue.ShouldBe("application/vnd.masstransit+json");
        var envelope = JsonElement.Parse(message.Body);
        envelope.GetProperty("message").GetProperty("id").GetGuid().ShouldBe(ordered.Id);
        var topic = $"{_sqs.Scope}_MacroCausal_AmazonSqs_Tests_Buses-Ordered";
        envelope.GetProperty("destinationAddress").GetString().ShouldBe($"amazonsqs://eu-west-1/{topic}?type=topic");
    }

    [Fact]
    public async Task A_message_in_the_error_queue_says_why_in_one_line()
    {
        await using var bus = await _sqs.Start<Order>("orders", _ => throw new InvalidOperationException("first line\r\nsecond line"));
        await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid()), context => context.Headers.Set("Tenant", "north"));

        var message = await _sqs.Receive("orders_error");

        message.MessageAttributes.ToDictionary(pair => pair.Key, pair => pair.Value.StringValue).ShouldBe(
            new Dictionary<string, string>
            {
                ["MT-Reason"] = "fault",
                ["MT-Fault-InputAddress"] = $"amazonsqs://eu-west-1/{_sqs.Scope}/{_sqs.Name("orders")}",
                ["MT-Fault-Message"] = "first line second line",
                ["Content-Type"] = "application/vnd.masstransit+json",
                ["Tenant"] = "north",
            },
            ignoreOrder: true);
        JsonElement.Parse(message.Body).TryGetProperty("message", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_message_in_the_skipped_queue_says_that_it_is_a_dead_letter()
    {
        await using var bus = await _sqs.Start<Order>("orders", _ => Task.CompletedTask);
        await bus.Send(_sqs.Name("orders"), new Unheard(NewId.NextGuid()));

        var message = await _sqs.Receive("orders_skipped");

        message.MessageAttributes["MT-Reason"].StringValue.ShouldBe("dead-letter");
        message.MessageAttributes["Content-Type"].StringValue.ShouldBe("application/vnd.masstransit+json");
    }

    [Fact]
    public async Task A_message_that_already_has_ten_attributes_still_gets_into_the_error_queue()
    {
        await using var bus = await _sqs.Start<Order>("orders", _ => throw new InvalidOperationException("broken"));
        await bus.Send(_sqs.Name("orders"), new Order(NewId.NextGuid()), context =>
        {
            for (var number = 0; number < 9; number++)
            {
                context.Headers.Set($"Header{number}", "value");
            }
        });

        var message = await _sqs.Receive("orders_error");

        message.MessageAttributes.Count.ShouldBe(10);
        var headers = message.MessageAttributes.Keys.Where(key => key.StartsWith("Header", StringComparison.Ordinal));
        message.MessageAttributes.Keys.ShouldBeSubsetOf(
            [.. headers, "MT-Reason", "MT-Fault-InputAddress", "MT-Fault-Message", "Content-Type"]);
        message.MessageAttributes.ShouldContainKey("Content-Type");
        message.MessageAttributes.ShouldContainKey("MT-Fault-Message");
    }

    [Fact]
    public async Task Queues_and_topics_get_their_attributes_and_tags()
    {
        await using var bus = await _sqs.Start(cfg =>
        {
            cfg.Publish<Ordered>(topic =>
            {
                topic.TopicAttributes["KmsMasterKeyId"] = "alias/topics";
                topic.TopicTags["team"] = "macro";
            });
            cfg.ReceiveEndpoint(_sqs.Name("orders"), endpoint =>
            {
                endpoint.QueueAttributes["VisibilityTimeout"] = 77;
                endpoint.QueueAttributes["KmsMasterKeyId"] = "alias/queues";
                endpoint.QueueTags["team"] = "macro";
                endpoint.Handler<Ordered>(_ => Task.CompletedTask);
            });
        });
        var url = await _sqs.Url("orders");

        (await _sqs.Bare.GetQueueAttributesAsync(url, ["All"])).Attributes.ShouldSatisfyAllConditions(
            attributes => attributes["VisibilityTimeout"].ShouldBe("77"),
            attributes => attributes["KmsMasterKeyId"].ShouldBe("alias/queues"));
        (await _sqs.Bare.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = url })).Tags["team"].ShouldBe("macro");
    }

    [Fact]
    public async Task An_existing_queue_is_changed_where_it_differs_and_nothing_else_of_it()
    {
        var existing = new CreateQueueRequest(_sqs.Name("orders"))
        {
            Attributes = new() { ["VisibilityTimeout"] = "5", ["MessageRetentionPeriod"] = "3600" },
        };
        var url = (await _sqs.Bare.CreateQueueAsync(existing)).QueueUrl;

        await using var bus = await _sqs.Start<Order>(
            "orders",
            _ => Task.CompletedTask,
            endpoint => endpoint.QueueAttributes["VisibilityTimeout"] = 9);

        var attributes = (await _sqs.Bare.GetQueueAttributesAsync(url, ["All"])).Attributes;
        attributes["VisibilityTimeout"].ShouldBe("9");
        attributes["MessageRetentionPeriod"].ShouldBe("3600");
    }

    [Fact]
    public async Task A_temporary_queue_is_gone_with_its_subscriptions_when_its_endpoint_stops()
    {
        await using var bus = await _sqs.Start(cfg => cfg.ReceiveEndpoint(endpoint => endpoint.Handler<Ordered>(_ => Task.CompletedTask)));
        var address = bus.Bus.Address.AbsolutePath.Split('/')[^1];
        await bus.Bus.Publish(new Ordered(NewId.NextGuid()));
        var queues = await _sqs.Bare.ListQueuesAsync(new ListQueuesRequest());
        queues.QueueUrls.ShouldContain(url => url.Contains("_endpoint_", StringComparison.Ordinal));

        await bus.Stop(Patience.Limit);

        await Should.ThrowAsync<QueueDoesNotExistException>(() => _sqs.Bare.GetQueueUrlAsync(address));
        var arn = await _sqs.BareSns.CreateTopic($"{_sqs.Scope}_MacroCausal_AmazonSqs_Tests_Buses-Ordered", [], [], CancellationToken.None);
        (await Subscriptions(arn)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_response_to_a_queue_that_is_gone_creates_no_queue()
    {
        await using var bus = await _sqs.Start(_ => { });
        var endpoint = await bus.Bus.GetSendEndpoint(new Uri($"amazonsqs://eu-west-1/{_sqs.Name("gone")}?durable=false&autodelete=true"));

        await Should.ThrowAsync<QueueDoesNotExistException>(() => endpoint.Send(new Answer(NewId.NextGuid())));

        await Should.ThrowAsync<QueueDoesNotExistException>(() => _sqs.Bare.GetQueueUrlAsync(_sqs.Name("gone")));
    }

    private async Task<IEnumerable<string>> Subscriptions(string topicArn)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Action"] = "ListSubscriptionsByTopic",
            ["Version"] = "2010-03-31",
            ["TopicArn"] = topicArn,
        });
        using var response = await http.PostAsync(emulators.Aws.Endpoint, form);
        var xml = System.Xml.Linq.XElement.Parse(await response.Content.ReadAsStringAsync());
        xml.Descendants().ShouldContain(element => element.Name.LocalName == "Subscriptions");
        return xml.Descendants().Where(element => element.Name.LocalName == "SubscriptionArn").Select(element => element.Value);
    }
}
