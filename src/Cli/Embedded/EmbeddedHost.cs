using MacroCausal.Cli.Progress;
using MacroCausal.DataPrep;
using MacroCausal.Hosting;
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

/// <summary>
/// All services in this process: the same consumers, saga and messages as in the cluster, over an in-memory bus, a directory and SQLite.
/// </summary>
internal static class EmbeddedHost
{
    // Another process cancels a study through its record, and waits for this look.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(2);

    /// <summary>Builds the host of one study.</summary>
    public static IHost Build(EmbeddedStore store, StudyWatch watch, int workers, string device)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        QuietLogging.AddTo(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(watch).AddSingleton(Options.Create(EmbeddedStore.Pipeline));
        builder.Services.AddEmbeddedStorage(store.Directory).AddDataPrep().AddTuner().AddTrialRunner().AddRegistry();
        builder.Services.PostConfigure<TunerOptions>(options => (options.OwnStudiesOnly, options.SweepEvery) = (true, SweepEvery));
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

/// <summary>Runs one study in this process from a first message to its end.</summary>
internal static class StudyRun
{
    /// <summary>Starts the services, sends the message, and waits. Null where it was interrupted.</summary>
    public static async Task<StudyOutcome?> RunToCompletionAsync<T>(
        EmbeddedStore store, StudyRequest<T> request, IStudyView view, CancellationToken cancellationToken)
        where T : class
    {
        var watch = new StudyWatch(request.ExecutionId, view);
        using var host = EmbeddedHost.Build(store, watch, request.Workers, request.Device);
        await host.StartAsync(CancellationToken.None);
        try
        {
            var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(request.Queue));
            await endpoint.Send(request.Message, CancellationToken.None);
            return await view.FollowAsync(watch.Outcome.WaitAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }
}

/// <summary>The message that starts or resumes a study in this process.</summary>
/// <param name="ExecutionId">Execution id of the study that is watched.</param>
/// <param name="Queue">Name of the queue that the message goes to.</param>
/// <param name="Message">What is sent first: StartTraining or ResumeTraining.</param>
/// <param name="Workers">Maximum number of concurrent segments.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda</c> or <c>auto</c>.</param>
internal sealed record StudyRequest<T>(string ExecutionId, string Queue, T Message, int Workers, string Device)
    where T : class;
