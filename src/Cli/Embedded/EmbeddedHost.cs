using MacroCausal.Cli.Progress;
using MacroCausal.DataPrep;
using MacroCausal.Hosting.Bus;
using MacroCausal.Hosting.Settings;
using MacroCausal.Registry;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TrialRunner;
using MacroCausal.Tuner;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MacroCausal.Cli.Embedded;

/// <summary>All services in this process: the same consumers, saga and messages as in the cluster, over an in-memory bus, a directory and SQLite.</summary>
internal static class EmbeddedHost
{
    /// <summary>Builds the host of one study.</summary>
    public static IHost Build(EmbeddedStore store, StudyWatch watch, int workers, string device)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        QuietLogging.AddTo(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(watch).AddSingleton(Options.Create(EmbeddedStore.Pipeline));
        builder.Services.AddEmbeddedStorage(store.Directory).AddDataPrep().AddTuner().AddTrialRunner().AddRegistry();
        builder.Services.PostConfigure<TrialRunnerOptions>(options =>
        {
            options.Workers = workers;
            options.Device = device;
        });
        builder.Services.AddInMemoryBus(bus =>
        {
            bus.AddDataPrep();
            bus.AddTuner();
            bus.AddTrialRunner();
            bus.AddRegistry();
            bus.AddConsumer<StudyWatchConsumer, StudyWatchDefinition>();
            bus.AddConsumer<FaultConsumer>();
        });
        return builder.Build();
    }
}
