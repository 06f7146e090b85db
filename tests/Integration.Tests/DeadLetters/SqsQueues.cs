using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Integration.Tests.DeadLetters;

/// <summary>A queue and its dead-letter queue on the shared emulator, of names that no other test uses.</summary>
internal sealed class SqsQueues : IDisposable
{
    private static int _count;
    private readonly AwsEmulator _emulator;

    private SqsQueues(AwsEmulator emulator)
    {
        _emulator = emulator;
        Client = new AmazonSQSClient(
            new BasicAWSCredentials(AwsEmulator.Key, AwsEmulator.Key),
            new AmazonSQSConfig { ServiceURL = emulator.Endpoint.ToString(), AuthenticationRegion = AwsEmulator.Region });
        Queue = $"letters-{Interlocked.Increment(ref _count)}";
    }

    public AmazonSQSClient Client { get; }

    public string Queue { get; }

    public string Errors => Queue + "_error";

    public static async Task<SqsQueues> CreateAsync(AwsEmulator emulator)
    {
        var queues = new SqsQueues(emulator);
        await queues.Client.CreateQueueAsync(queues.Queue);
        await queues.Client.CreateQueueAsync(queues.Errors);
        return queues;
    }

    /// <summary>What a process has in its environment, its SQS at that address.</summary>
    public Dictionary<string, string> Environment(Uri? endpoint = null) => new()
    {
        ["AWS_ENDPOINT_URL"] = (endpoint ?? _emulator.Endpoint).ToString(),
        ["AWS_REGION"] = AwsEmulator.Region,
        ["AWS_ACCESS_KEY_ID"] = AwsEmulator.Key,
        ["AWS_SECRET_ACCESS_KEY"] = AwsEmulator.Key,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    public async Task<string> UrlAsync(string queue) => (await Client.GetQueueUrlAsync(queue)).QueueUrl;

    public async Task SendAsync(string queue, string body, params (string Name, string Value)[] attributes) =>
        await Client.SendMessageAsync(new SendMessageRequest(await UrlAsync(queue), body)
        {
            MessageAttributes = attributes.ToDictionary(
                attribute => attribute.Name,
                attribute => new MessageAttributeValue { DataType = "String", StringValue = attribute.Value }),
        });

    /// <summary>Puts a message where a service's transport puts one that its consumer failed at.</summary>
    public Task FailAsync(string type, string executionId, int trial, string error = "it broke") => SendAsync(
        Errors,
        Body(type, executionId, trial),
        ("MT-Reason", "fault"),
        ("MT-Fault-Message", error),
        ("MT-Fault-InputAddress", $"amazonsqs://eu-west-1/{Queue}"),
        ("Content-Type", "application/vnd.masstransit+json"),
        ("tenant", "a"));

    public static string Body(string type, string executionId, int trial) =>
        $$$"""{"messageId":"{{{type}}}-{{{executionId}}}-{{{trial}}}","messageType":["urn:message:MacroCausal.Contracts:{{{type}}}"],"""
        + $$$"""
          "message":{"executionId":"{{{executionId}}}","trial":{{{trial}}}}}
          """;

    /// <summary>Takes everything that is visible in a queue.</summary>
    public async Task<IReadOnlyList<Message>> DrainAsync(string queue)
    {
        var url = await UrlAsync(queue);
        var all = new List<Message>();
        var request = new ReceiveMessageRequest(url) { MaxNumberOfMessages = 10, MessageAttributeNames = ["All"] };
        while ((await Client.ReceiveMessageAsync(request)).Messages is { Count: > 0 } some)
        {
            all.AddRange(some);
        }

        return all;
    }

    public Task<Ended> RunAsync(params string[] arguments) => RunAsync(Environment(), arguments);

    public static async Task<Ended> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = MacroCausalProcess.Start(environment, ["deadletters", .. arguments]);
        return await process.EndAsync();
    }

    /// <summary>Waits until a message is visible again that was held by a command which could not give it back.</summary>
    public async Task UntilListedAsync(string messageId)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (!(await RunAsync("list", "--queue", Errors)).Output.Contains(messageId, StringComparison.Ordinal))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    public void Dispose() => Client.Dispose();
}
