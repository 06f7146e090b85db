using Amazon.DynamoDBv2;
using Amazon.Runtime;
using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Emulators;
using MacroCausal.Tuner;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MacroCausal.Bench.Messages;

/// <summary>
/// As the cluster runs it, on emulators: SQS and SNS, records in DynamoDB; all services in this process, the emulators in theirs.
/// </summary>
internal sealed class AwsStack : IStack
{
    private const string Studies = "studies";
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(9);

    private readonly AwsEmulator _emulator;

    private AwsStack(AwsEmulator emulator) => _emulator = emulator;

    public string Name => "SQS, SNS, DynamoDB (emulators)";

    public TimeSpan? EmulatorTime => ProcessorTime.Of(_emulator.ProcessId);

    public TimeSpan? EmulatorBusy => ProcessorTime.OfBusyMainThread(_emulator.ProcessId);

    public static async Task<AwsStack> StartAsync()
    {
        var emulator = AwsEmulator.Start();
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", emulator.Endpoint.ToString());
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_DYNAMODB", emulator.DynamoDb.ToString());
        Environment.SetEnvironmentVariable("AWS_REGION", AwsEmulator.Region);
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AwsEmulator.Key);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", AwsEmulator.Key);
        var config = new AmazonDynamoDBConfig { ServiceURL = emulator.DynamoDb.ToString(), AuthenticationRegion = AwsEmulator.Region };
        using var dynamoDb = new AmazonDynamoDBClient(new BasicAWSCredentials(AwsEmulator.Key, AwsEmulator.Key), config);
        await DynamoDbTables.CreateAsync(dynamoDb, new AwsStorageOptions { StudyTable = Studies, ModelRegistryTable = "models" });
        return new AwsStack(emulator);
    }

    public IHost Build(Stopwatches watches, StudyEnds ends, StudyShape shape, Pace? pace = null)
    {
        var builder = MeasuredHost.CreateBuilder(watches, ends, shape, pace);
        builder.Configuration.AddEnvironmentVariables();
        builder.Services
            .AddSingleton(Options.Create(new PipelineOptions()))
            .AddAwsStorage(new AwsStorageOptions { StudyTable = Studies })
            .AddTuner();
        MeasuredHost.TimeRecords(builder.Services);
        builder.Services.AddAmazonSqsBus(bus => MeasuredHost.AddConsumers(bus, shape.Parallelism, pace), StopTimeout);
        return builder.Build();
    }

    public void Dispose() => _emulator.Dispose();
}
