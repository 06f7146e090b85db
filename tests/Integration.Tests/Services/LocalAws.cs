using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.Contracts;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>An account on emulators: buckets, tables, and what a service's environment says of them.</summary>
internal sealed class LocalAws : IDisposable
{
    private const string Gold = "gold";
    private const string Artifacts = "artifacts";
    private const string Models = "models";
    private const string Studies = "studies";

    private static readonly string[] Queues =
        [QueueNames.StartTraining, QueueNames.Study, QueueNames.PrepareData, QueueNames.RunTrial, QueueNames.RegisterModel];

    private static readonly BasicAWSCredentials Credentials = new(AwsEmulator.Key, AwsEmulator.Key);

    private readonly AwsEmulator _emulator;
    private readonly AmazonS3Client _s3;
    private readonly AmazonDynamoDBClient _dynamoDb;
    private readonly AmazonSQSClient _sqs;

    private LocalAws(AwsEmulator emulator)
    {
        _emulator = emulator;
        var (endpoint, region) = (emulator.Endpoint.ToString(), AwsEmulator.Region);
        _s3 = new AmazonS3Client(
            Credentials, new AmazonS3Config { ServiceURL = endpoint, AuthenticationRegion = region, ForcePathStyle = true });
        _sqs = new AmazonSQSClient(Credentials, new AmazonSQSConfig { ServiceURL = endpoint, AuthenticationRegion = region });
        _dynamoDb = new AmazonDynamoDBClient(
            Credentials, new AmazonDynamoDBConfig { ServiceURL = emulator.DynamoDb.ToString(), AuthenticationRegion = region });
        Environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = endpoint,
            ["AWS_ENDPOINT_URL_DYNAMODB"] = emulator.DynamoDb.ToString(),
            ["AWS_REGION"] = region,
            ["AWS_ACCESS_KEY_ID"] = AwsEmulator.Key,
            ["AWS_SECRET_ACCESS_KEY"] = AwsEmulator.Key,
            ["GOLD_BUCKET"] = Gold,
            ["ARTIFACTS_BUCKET"] = Artifacts,
            ["MODEL_REGISTRY_TABLE"] = Models,
            ["STUDY_TABLE"] = Studies,
            ["Tuner__Lease"] = "00:00:15",
            ["Tuner__SweepEvery"] = "00:00:02",
        };
    }

    /// <summary>Where SQS, SNS and S3 are.</summary>
    public Uri Endpoint => _emulator.Endpoint;

    /// <summary>The environment of every process.</summary>
    public Dictionary<string, string> Environment { get; }

    public IStudyStore StudyRecords => new DynamoDbStudyStore(_dynamoDb, Studies);

    public IAmazonSQS Sqs => _sqs;

    public IModelRegistry Registry => new DynamoDbModelRegistry(_dynamoDb, Models);

    /// <summary>Starts the emulators and makes the buckets and the tables.</summary>
    /// <param name="everyMessageTwice">Whether each message is delivered twice.</param>
    /// <param name="takeover">
    /// How soon the work of a service that was killed is taken over: lease of a segment, visibility of a message. Null for 15 seconds and
    /// what SQS has.
    /// </param>
    /// <param name="withFaults">Whether the emulators take rules for faults.</param>
    public static async Task<LocalAws> StartAsync(bool everyMessageTwice = false, TimeSpan? takeover = null, bool withFaults = false)
    {
        var aws = new LocalAws(await Task.Run(() => AwsEmulator.Start(everyMessageTwice, withFaults)));
        if (takeover is { } time) await aws.TakeOverWithinAsync(time);
        await aws._s3.PutBucketAsync(Gold);
        await aws._s3.PutBucketAsync(Artifacts);
        await DynamoDbTables.CreateAsync(aws._dynamoDb, new AwsStorageOptions { StudyTable = Studies, ModelRegistryTable = Models });
        (await aws.DeliveriesAsync()).ShouldBe(everyMessageTwice ? 2 : 1);
        return aws;
    }

    /// <summary>What the pipeline does: the gold table into S3.</summary>
    public Task PutGoldAsync(string executionId, string path) =>
        _s3.PutObjectAsync(new PutObjectRequest { BucketName = Gold, Key = ObjectKeys.GoldTable(executionId), FilePath = path });

    /// <summary>What the pipeline does: plain JSON on the queue.</summary>
    public Task SendPlainJsonAsync(object message) => SendAsync(QueueNames.StartTraining, message);

    /// <summary>A message whose sender is none of the services, in a MassTransit envelope.</summary>
    public Task SendEnvelopeAsync<T>(string queue, JsonObject message) =>
        SendAsync(queue, new { messageType = new[] { $"urn:message:MacroCausal.Contracts:{typeof(T).Name}" }, message });

    private async Task SendAsync(string queue, object message)
    {
        var found = await _sqs.GetQueueUrlAsync(queue);
        await _sqs.SendMessageAsync(found.QueueUrl, JsonSerializer.Serialize(message));
    }

    public Task DropStudiesAsync() => _dynamoDb.DeleteTableAsync(Studies);

    public Task CreateStudiesAsync() => DynamoDbTables.CreateAsync(_dynamoDb, new AwsStorageOptions { StudyTable = Studies });

    public async Task<IReadOnlyList<string>> ArtifactsOfAsync(string executionId)
    {
        var folder = ObjectKeys.Model(executionId);
        var listing = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Artifacts, Prefix = folder });
        return [.. (listing.S3Objects ?? []).Select(found => found.Key[folder.Length..]).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Waits for a file beside a model; the report is written after the study has ended. S3 does not say when an object has come, and no
    /// message does, so it is looked for again and again.
    /// </summary>
    public Task WaitForArtifactAsync(string executionId, string name) =>
        Eventually.Holds(async () => (await ArtifactsOfAsync(executionId)).Contains(name));

    private async Task TakeOverWithinAsync(TimeSpan time)
    {
        Environment["Tuner__Lease"] = time.ToString();
        foreach (var queue in Queues)
        {
            var attributes = new Dictionary<string, string> { ["VisibilityTimeout"] = $"{time.TotalSeconds:F0}" };
            await _sqs.CreateQueueAsync(new CreateQueueRequest(queue) { Attributes = attributes });
        }
    }

    /// <summary>How often a message that is sent once is delivered: whether the emulator does what the test believes it does.</summary>
    private async Task<int> DeliveriesAsync()
    {
        var queue = (await _sqs.CreateQueueAsync("deliveries")).QueueUrl;
        await _sqs.SendMessageAsync(queue, "once");
        var first = await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest(queue) { MaxNumberOfMessages = 1, WaitTimeSeconds = 1 });
        var second = await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest(queue) { MaxNumberOfMessages = 1, WaitTimeSeconds = 1 });
        return (first.Messages?.Count ?? 0) + (second.Messages?.Count ?? 0);
    }

    /// <summary>Follows a study to its end with <c>macrocausal watch</c>.</summary>
    public async Task<Ended> WatchAsync(string executionId)
    {
        using var watch = MacroCausalProcess.Start(Environment, "watch", "--execution-id", executionId, "--wait", "300", "--json");
        return await watch.EndAsync();
    }

    public ServiceProcess Start(string service) => new(service, Environment);

    /// <summary>Starts a service that the emulators know by an access key of its own.</summary>
    public ServiceProcess StartAs(string service, string key) =>
        new(service, new Dictionary<string, string>(Environment) { ["AWS_ACCESS_KEY_ID"] = key });

    /// <summary>Opens an object of the artifacts bucket.</summary>
    public Task<Stream> OpenArtifactAsync(string key) => ((IAmazonS3)_s3).GetObjectStreamAsync(Artifacts, key, null);

    /// <summary>Starts a service whose S3 is somewhere else.</summary>
    public ServiceProcess Start(string service, Uri s3) =>
        new(service, new Dictionary<string, string>(Environment) { ["AWS_ENDPOINT_URL_S3"] = s3.ToString() });

    public void Dispose()
    {
        _s3.Dispose();
        _sqs.Dispose();
        _dynamoDb.Dispose();
        _emulator.Dispose();
    }
}
