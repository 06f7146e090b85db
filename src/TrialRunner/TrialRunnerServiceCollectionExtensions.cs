using MacroCausal.Model.Training;
using MacroCausal.TrialRunner.Groups;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>Adds the TrialRunner to a process.</summary>
public static class TrialRunnerServiceCollectionExtensions
{
    /// <summary>Adds what the TrialRunner needs besides an <c>IObjectStore</c>, a host and the bus.</summary>
    public static IServiceCollection AddTrialRunner(this IServiceCollection services)
    {
        services.AddOptions<TrialRunnerOptions>().BindConfiguration("TrialRunner").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Concurrency);
        services.AddSingleton<SplitCache>().AddSingleton<CheckpointObjects>().AddSingleton<KeyedLock>().AddSingleton<TrainingThreads>();
        services.AddSingleton<CpuSegmentTrainer>().AddSingleton<GroupSegmentTrainer>().AddSingleton<GroupTraining>();
        services.TryAddSingleton<OpenGroup>(OpenOnDevice);
        services.TryAddSingleton(SegmentTrainer);
        services.AddSingleton<SegmentRunner>();
        return services;
    }

    /// <summary>
    /// Lets this runner prove itself, and hand back what it fails by a fault of its own: for a process beside others that can do the work.
    /// </summary>
    public static IServiceCollection AddRunnerHealth(this IServiceCollection services)
    {
        services.AddSingleton<RunnerHealth>().AddHostedService(provider => provider.GetRequiredService<RunnerHealth>());
        services.AddReceiveEndpointObserver(provider => provider.GetRequiredService<RunnerHealth>());
        services.AddHealthChecks().AddCheck<RunnerHealth>("runner", tags: ["ready"]);
        return services;
    }

    /// <summary>Adds the TrialRunner's endpoint to the bus.</summary>
    public static void AddTrialRunner(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<RunTrialConsumer, RunTrialConsumerDefinition>();

    private static TrainingConcurrency Concurrency(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<TrialRunnerOptions>>().Value;
        return TrainingConcurrency.For(TrainingDevice.Resolve(options.Device), Environment.ProcessorCount, options.Workers);
    }

    private static ISegmentTrainer SegmentTrainer(IServiceProvider services) =>
        services.GetRequiredService<TrainingConcurrency>().Device == TrainingDevice.Cpu
            ? services.GetRequiredService<CpuSegmentTrainer>()
            : services.GetRequiredService<GroupSegmentTrainer>();

    private static OpenGroup OpenOnDevice(IServiceProvider services)
    {
        var (device, time) = (services.GetRequiredService<TrainingConcurrency>().Device, services.GetRequiredService<TimeProvider>());
        return (train, validation, trials) => TrainingGroup.Open(train, validation, trials, device, time);
    }
}
