using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>A Tuner on the test harness, over real records in a directory, with the other services simulated.</summary>
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

    public static async Task<TunerHarness> StartAsync(string directory, SimulatedServices simulated)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
        var services = new ServiceCollection()
            .AddSingleton(simulated).AddSingleton(time).AddSingleton<TimeProvider>(time)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(Options.Create(
                new PipelineOptions { GoldBucket = "gold", ArtifactsBucket = "artifacts", ModelRegistryTable = "models" }))
            .AddEmbeddedStorage(directory).AddTuner()
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

    public async Task SendAsync<T>(string queue, T message)
        where T : class
    {
        var endpoint = await Harness.Bus.GetSendEndpoint(QueueNames.Address(queue));
        await endpoint.Send(message);
    }

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

    public async Task<List<TrialRecord>> TrialsAsync(string executionId) => await Store.ListTrialsAsync(executionId).ToListAsync();

    public async ValueTask DisposeAsync()
    {
        await Harness.Stop();
        await _provider.DisposeAsync();
    }
}
