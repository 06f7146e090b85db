using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Sns;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>Names and clients for one test on the emulators.</summary>
internal sealed class SqsBus(AwsEmulator aws)
{
    private static readonly BasicAWSCredentials Credentials = new(AwsEmulator.Key, AwsEmulator.Key);

    /// <summary>What the names of this test begin with; nothing else in the emulators has them.</summary>
    public string Scope { get; } = $"t{Guid.NewGuid():N}"[..12];

    /// <summary>Answers in the emulator's place, where a test sets it.</summary>
    public Faults? Faults { get; init; }

    /// <summary>SQS without the bus, as anyone may call it.</summary>
    public AmazonSQSClient Bare { get; } =
        new(Credentials, new AmazonSQSConfig { ServiceURL = aws.Endpoint.ToString(), AuthenticationRegion = AwsEmulator.Region });

    /// <summary>SNS without the bus.</summary>
    public SnsClient BareSns { get; } =
        new(Credentials, new SnsConfig { ServiceURL = aws.Endpoint.ToString(), AuthenticationRegion = AwsEmulator.Region });

    public string Name(string queue) => $"{Scope}-{queue}";

    public void Host(IAmazonSqsBusFactoryConfigurator configurator, bool scopeTopics = true) =>
        configurator.Host(AwsEmulator.Region, host =>
        {
            host.AccessKey(AwsEmulator.Key);
            host.SecretKey(AwsEmulator.Key);
            host.Config(new AmazonSQSConfig { ServiceURL = aws.Endpoint.ToString(), HttpClientFactory = Faults });
            host.Config(new SnsConfig { ServiceURL = aws.Endpoint.ToString(), HttpClientFactory = Faults });
            if (scopeTopics)
            {
                host.Scope(Scope, scopeTopics: true);
            }
        });

    /// <summary>A bus with one queue and one handler.</summary>
    public Task<RunningBus> Start<T>(
        string queue,
        Func<ConsumeContext<T>, Task> handle,
        Action<IAmazonSqsReceiveEndpointConfigurator>? configure = null)
        where T : class => Start(bus => bus.ReceiveEndpoint(Name(queue), endpoint =>
        {
            endpoint.WaitTimeSeconds = 1;
            configure?.Invoke(endpoint);
            endpoint.Handler<T>(context => handle(context));
        }));

    public Task<RunningBus> Start(Action<IAmazonSqsBusFactoryConfigurator> configure) =>
        RunningBus.Start(bus => bus.UsingAmazonSqs((_, cfg) =>
    {
        Host(cfg);
        configure(cfg);
    }));

    public async Task<string> Url(string queue) => (await Bare.GetQueueUrlAsync(Name(queue))).QueueUrl;

    /// <summary>Waits for a message on a queue that perhaps does not yet exist.</summary>
    public async Task<Message> Receive(string queue, int visibility = 30)
    {
        var url = (await Bare.CreateQueueAsync(Name(queue))).QueueUrl;
        for (var polls = 0; polls < 15; polls++)
        {
            var request = new ReceiveMessageRequest(url)
            {
                WaitTimeSeconds = 2,
                MessageAttributeNames = ["All"],
                MessageSystemAttributeNames = ["All"],
                VisibilityTimeout = visibility,
            };
            var received = await Bare.ReceiveMessageAsync(request);
            if (received.Messages is [var message, ..]) return message;
        }

        throw new TimeoutException($"Nothing came to '{Name(queue)}' in 30 seconds.");
    }

    /// <summary>How many messages a queue holds, visible, in flight and delayed.</summary>
    public async Task<int> Count(string queue)
    {
        var attributes = await Bare.GetQueueAttributesAsync(await Url(queue), ["All"]);
        return attributes.ApproximateNumberOfMessages
            + attributes.ApproximateNumberOfMessagesNotVisible
            + attributes.ApproximateNumberOfMessagesDelayed;
    }

    /// <summary>Waits until a queue is empty.</summary>
    public Task Emptied(string queue) => Eventually.Holds(async () => await Count(queue) == 0);
}
