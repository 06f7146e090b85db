using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Sharing;
using MacroCausal.Tuner.Studies;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>
/// One or more Tuners on the test harness, over real records in a directory, with the other services simulated. Several Tuners share one
/// bus: each message goes to one of them by chance, each knows what it has heard itself, and all have the same records.
/// </summary>
internal sealed class TunerHarness : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    private TunerHarness(ServiceProvider provider)
    {
        _provider = provider;
        Harness = provider.GetRequiredService<ITestHarness>();
        Store = provider.GetRequiredService<IStudyStore>();
        Time = provider.GetRequiredService<FakeTimeProvider>();
    }

    public ITestHarness Harness { get; }

    public IStudyStore Store { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>What the Tuners have read and written.</summary>
    public CountingStudyStore Counted => _provider.GetRequiredService<CountingStudyStore>();

    public static async Task<TunerHarness> StartAsync(
        string directory, SimulatedServices simulated, int tuners = 1, Action<TunerOptions>? options = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
        var services = new ServiceCollection()
            .AddSingleton(simulated).AddSingleton(time).AddSingleton<TimeProvider>(time)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(Options.Create(
                new PipelineOptions { GoldBucket = "gold", ArtifactsBucket = "artifacts", ModelRegistryTable = "models" }))
            .AddEmbeddedStorage(directory).AddTuner().AddTuners(tuners).AddWatcherByHand()
            .PostConfigure(options ?? (_ => { }))
            .AddMassTransitTestHarness(TextWriter.Null, bus =>
            {
                bus.SetKebabCaseEndpointNameFormatter();
                bus.SetTestTimeouts(Patience.Limit, Patience.Limit);
                bus.AddTuner();
                bus.AddConsumer<SimulatedDataPrep>().Endpoint(endpoint => endpoint.Name = QueueNames.PrepareData);
                bus.AddConsumer<SimulatedRunner>().Endpoint(endpoint => endpoint.Name = QueueNames.RunTrial);
                bus.AddConsumer<SimulatedRegistry>().Endpoint(endpoint => endpoint.Name = QueueNames.RegisterModel);
            });
        var tuner = new TunerHarness(services.BuildServiceProvider(true));
        await tuner.Harness.Start();
        return tuner;
    }

    /// <summary>What every Tuner does every 15 seconds; here only when a test asks for it.</summary>
    public Task LookAsync() => _provider.GetRequiredService<StudyWatcher>().LookAsync(CancellationToken.None);

    public async Task SendAsync<T>(string queue, T message)
        where T : class
    {
        var endpoint = await Harness.Bus.GetSendEndpoint(QueueNames.Address(queue));
        await endpoint.Send(message);
    }

    /// <summary>Reports the only epoch of a trial's segment, which ends with it.</summary>
    public Task ReportAsync(string executionId, int trial) => Harness.Bus.Publish(new TrialEpochCompleted
    {
        ExecutionId = executionId,
        Trial = trial,
        Epoch = 1,
        ToEpoch = 1,
        Metrics = MetricValues.Losses(1, 1),
        BestValidationLoss = 1,
        BestEpoch = 1,
        Seconds = 1,
        RowsPerSecond = 10,
        Checkpoint = new ObjectReference($"s3://artifacts/{executionId}/{trial}", new string('0', 64)),
        Runner = "slow",
    });

    /// <summary>The first event of a kind, waited for.</summary>
    public async Task<T> PublishedAsync<T>()
        where T : class
    {
        await foreach (var published in Harness.Published.SelectAsync<T>())
        {
            return published.Context.Message;
        }

        throw new InvalidOperationException($"No {typeof(T).Name} was published.");
    }

    /// <summary>The study once its record is in that state; a turn's messages are out before its record is written.</summary>
    public async Task<StudyInstance> StudyAsync(string executionId, string state)
    {
        StudyRecord? record = null;
        await Eventually.Holds(async () => (record = await Store.FindStudyAsync(executionId))?.State == state);
        return StudyDocument.Read(record!);
    }

    public async Task<List<TrialRecord>> TrialsAsync(string executionId) => await Store.ListTrialsAsync(executionId).ToListAsync();

    public async ValueTask DisposeAsync()
    {
        await Harness.Stop();
        await _provider.DisposeAsync();
    }
}

/// <summary>What a process of the Tuner keeps in memory.</summary>
internal sealed class TunerMemory
{
    public TunerMemory(IServiceProvider services, IStudyStore store)
    {
        var studies = ActivatorUtilities.CreateInstance<ActiveStudyCache>(services, store);
        var heartbeats = ActivatorUtilities.CreateInstance<Heartbeats>(services, store);
        var quota = ActivatorUtilities.CreateInstance<SegmentQuota>(services, store);
        Coordinator = ActivatorUtilities.CreateInstance<StudyCoordinator>(services, store, studies, heartbeats, quota);
        Recorder = ActivatorUtilities.CreateInstance<EpochRecorder>(services, store, studies, heartbeats);
    }

    public StudyCoordinator Coordinator { get; }

    public EpochRecorder Recorder { get; }

    /// <summary>Lets one of several Tuners consume each message.</summary>
    public static void Add(IServiceCollection services, int tuners)
    {
        services.AddSingleton(provider => new CountingStudyStore(provider.GetRequiredService<IStudyStore>()));
        services.AddSingleton(provider => Enumerable.Range(0, tuners)
            .Select(_ => new TunerMemory(provider, provider.GetRequiredService<CountingStudyStore>())).ToArray());
        var chance = new Random(7);
        services.AddScoped(provider => Pick(provider).Coordinator);
        services.AddTransient(provider => Pick(provider).Recorder);

        TunerMemory Pick(IServiceProvider provider)
        {
            var all = provider.GetRequiredService<TunerMemory[]>();
            lock (chance)
            {
                return all[chance.Next(all.Length)];
            }
        }
    }
}

/// <summary>Several Tuners in one process.</summary>
internal static class TunersServiceCollectionExtensions
{
    public static IServiceCollection AddWatcherByHand(this IServiceCollection services)
    {
        services.RemoveAll<IHostedService>();
        return services.AddSingleton<StudyWatcher>();
    }

    public static IServiceCollection AddTuners(this IServiceCollection services, int tuners)
    {
        TunerMemory.Add(services, tuners);
        return services;
    }
}
