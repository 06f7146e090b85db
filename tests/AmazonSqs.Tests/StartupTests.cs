using System.Net;
using System.Net.Sockets;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.AmazonSqs.Topology;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests;

/// <summary>A bus that cannot work says so, and why.</summary>
[Trait("Category", "Slow")]
public sealed class StartupTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    [Fact]
    public async Task A_caller_without_permission_fails_to_start_and_names_the_queue()
    {
        var sqs = new SqsBus(emulators.Aws) { Faults = new Faults((operation, _) => operation == "GetQueueUrl" ? Faults.Denied : null) };

        var failure = await Should.ThrowAsync<Exception>(() => sqs.Start<Order>("orders", _ => Task.CompletedTask));

        failure.Message.ShouldContain("not authorized");
        failure.Message.ShouldContain(sqs.Name("orders"));
    }

    [Fact]
    public async Task Receiving_that_fails_makes_the_bus_unhealthy_until_it_works_again()
    {
        var broken = true;
        var faults = new Faults((operation, _) => operation == "ReceiveMessage" && Volatile.Read(ref broken) ? Faults.Denied : null);
        var sqs = new SqsBus(emulators.Aws) { Faults = faults };
        var inbox = new Inbox<int>();
        await using var bus = await sqs.Start<Order>("orders", context => inbox.Put(context.Message.Number));
        await Becomes(bus, BusHealthStatus.Degraded);

        Volatile.Write(ref broken, false);
        await bus.Send(sqs.Name("orders"), new Order(NewId.NextGuid(), 1));

        (await inbox.Next()).ShouldBe(1);
        await Becomes(bus, BusHealthStatus.Healthy);
    }

    [Theory]
    [InlineData("orders.fifo", "FIFO")]
    [InlineData("with space", "AWS refuses 'with space'")]
    [InlineData("dotted.name", "AWS refuses 'dotted.name'")]
    [InlineData("a-name-of-more-than-eighty-characters-which-is-more-than-any-queue-of-sqs-may-have-in-all", "AWS takes 80")]
    public async Task A_queue_whose_name_SQS_refuses_is_an_error_before_anything_is_sent(string name, string reason)
    {
        var sqs = new SqsBus(emulators.Aws) { Faults = new Faults((_, _) => throw new InvalidOperationException("Something was sent.")) };

        var failure = await Should.ThrowAsync<ConfigurationException>(() => sqs.Start(cfg => Receive(cfg, name)));

        failure.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task A_bus_without_a_host_says_what_to_call()
    {
        var failure = await Should.ThrowAsync<Exception>(() =>
            RunningBus.Start(bus => bus.UsingAmazonSqs((_, cfg) => Receive(cfg, "orders"))));

        failure.ToString().ShouldContain("cfg.Host(");
    }

    [Fact]
    public async Task A_send_to_a_service_that_is_down_fails_instead_of_hanging()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)unused.LocalEndpoint).Port}");
        unused.Stop();
        var settings = new AmazonSqsHostSettings(AwsEmulator.Region)
        {
            Credentials = new Amazon.Runtime.BasicAWSCredentials("a", "b"),
            SqsConfig = new Amazon.SQS.AmazonSQSConfig { ServiceURL = endpoint.ToString(), MaxErrorRetry = 0 },
        };
        await using var broker = settings.Connect();

        var failure = await Should.ThrowAsync<Exception>(() => broker.Queue(new QueueSettings("orders"), CancellationToken.None));

        AwsErrors.IsTransient(failure).ShouldBeTrue(failure.ToString());
    }

    private static void Receive(IAmazonSqsBusFactoryConfigurator configurator, string queue) =>
        configurator.ReceiveEndpoint(queue, endpoint => endpoint.Handler<Order>(_ => Task.CompletedTask));

    private static Task Becomes(RunningBus bus, BusHealthStatus wanted) => Eventually.Holds(() => bus.Health().Status == wanted);
}
