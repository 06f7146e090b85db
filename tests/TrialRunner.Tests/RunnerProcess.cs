using MacroCausal.Hosting;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using MacroCausal.TrialRunner.Groups;
using MacroCausal.TrialRunner.Tests.Groups;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner.Tests;

/// <summary>One process with a TrialRunner, on an in-memory bus.</summary>
internal sealed class RunnerProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ITestHarness _harness;

    private RunnerProcess(ServiceProvider services)
    {
        _services = services;
        _harness = services.GetRequiredService<ITestHarness>();
    }

    /// <summary>What happened on the bus.</summary>
    public BusWatch Watch { get; } = new();

    public StoppableLifetime Lifetime => (StoppableLifetime)_services.GetRequiredService<IHostApplicationLifetime>();

    public RunnerHealth Health => _services.GetRequiredService<RunnerHealth>();

    /// <summary>Starts a process that trains two segments at once, each alone.</summary>
    public static Task<RunnerProcess> StartAsync(MemoryObjectStore objects, TimeProvider? time = null) =>
        StartAsync(objects, time ?? TimeProvider.System, new ServiceCollection());

    /// <summary>Starts a process with an engine that a setting names.</summary>
    public static Task<RunnerProcess> StartAsync(MemoryObjectStore objects, string engine) =>
        StartAsync(objects, TimeProvider.System, new ServiceCollection(), engine);

    /// <summary>Starts a process that looks at the records of studies.</summary>
    public static Task<RunnerProcess> StartAsync(MemoryObjectStore objects, IStudyStore studies, TimeProvider time) =>
        StartAsync(objects, time, new ServiceCollection().AddSingleton(studies));

    /// <summary>Starts a process with one thread that trains groups, once they are full.</summary>
    public static Task<RunnerProcess> StartAsync(
        MemoryObjectStore objects, int groupSize, int maxConcurrentSegments, Openings? openings = null, TimeProvider? time = null,
        IStudyStore? studies = null) =>
        StartAsync(
        objects,
        time ?? TimeProvider.System,
        (studies is null ? new ServiceCollection() : new ServiceCollection().AddSingleton(studies))
            .AddSingleton(
                new TrainingConcurrency(TrainingDevice.Cpu, 1, groupSize, maxConcurrentSegments) { GatheringTime = TimeSpan.FromHours(1) })
            .AddSingleton<OpenGroup>((openings ?? new Openings()).Open)
            .AddSingleton<ISegmentTrainer>(services => services.GetRequiredService<GroupSegmentTrainer>()));

    /// <summary>Starts a process that proves itself before it trains.</summary>
    public static async Task<RunnerProcess> StartProvingAsync(MemoryObjectStore objects, TimeProvider time)
    {
        var services = new ServiceCollection()
            .AddSingleton(Options.Create(new PipelineOptions { ArtifactsBucket = "artifacts" }))
            .AddRunnerHealth();
        var process = await StartAsync(objects, time, services);
        await process.Health.StartAsync(CancellationToken.None);
        return process;
    }

    private static async Task<RunnerProcess> StartAsync(
        MemoryObjectStore objects, TimeProvider time, IServiceCollection services, string engine = TrainingEngine.Auto)
    {
        var settings = new Dictionary<string, string?>
        {
            ["TrialRunner:Workers"] = "2",
            ["TrialRunner:Name"] = "runner-1",
            ["TrialRunner:Engine"] = engine,
        };
        var process = new RunnerProcess(services
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<IHostApplicationLifetime, StoppableLifetime>()
            .AddSingleton<IObjectStore>(objects)
            .AddSingleton(time)
            .AddTrialRunner()
            .AddMassTransitTestHarness(TextWriter.Null, bus =>
            {
                bus.DisableUsageTelemetry();
                bus.SetKebabCaseEndpointNameFormatter();
                bus.AddTrialRunner();
            })
            .BuildServiceProvider(validateScopes: true));
        await process._harness.Start();
        process._harness.Bus.ConnectPublishObserver(process.Watch);
        process._harness.Bus.ConnectReceiveObserver(process.Watch);
        return process;
    }

    public async Task SendAsync(RunTrial segment)
    {
        var queue = await _harness.Bus.GetSendEndpoint(QueueNames.Address(QueueNames.RunTrial));
        await queue.Send(segment);
    }

    /// <summary>Sends a segment and returns its reports, in order, once the last one is there.</summary>
    public async Task<IReadOnlyList<TrialEpochCompleted>> RunAsync(RunTrial segment)
    {
        await SendAsync(segment);
        await Watch.WaitAsync<TrialEpochCompleted>(report => Of(report, segment) && report.Checkpoint is not null);
        return [.. Watch.All<TrialEpochCompleted>().Where(report => Of(report, segment)).OrderBy(report => report.Epoch)];
    }

    /// <summary>Sends segments and returns the hash of each one's last checkpoint.</summary>
    public async Task<string[]> HashesAsync(params IEnumerable<RunTrial> segments)
    {
        var reports = await Task.WhenAll(segments.Select(RunAsync));
        return [.. reports.Select(ofSegment => ofSegment[^1].Checkpoint!.Sha256)];
    }

    public async Task<TrialFailed> FailAsync(RunTrial segment)
    {
        await SendAsync(segment);
        await Watch.WaitAsync<TrialFailed>(failure => failure.Trial == segment.Trial);
        return Watch.All<TrialFailed>().Single(failure => failure.Trial == segment.Trial);
    }

    /// <summary>Stops as a host does, so that segments which still train or wait are handed back.</summary>
    public async ValueTask DisposeAsync()
    {
        Lifetime.StopApplication();
        await _harness.Stop();
        await _services.DisposeAsync();
    }

    private static bool Of(TrialEpochCompleted report, RunTrial segment) =>
        report.Trial == segment.Trial && report.ToEpoch == segment.ToEpoch;
}

/// <summary>A host that stops when the test says so.</summary>
internal sealed class StoppableLifetime : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
