using MacroCausal.Model.Cpu;
using MacroCausal.Model.Torch;
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
        services.AddHostedService<EngineProof>();
        services.AddSingleton<SingleSegmentTrainer>().AddSingleton<GroupSegmentTrainer>().AddSingleton<GroupTraining>();
        services.TryAddSingleton<OpenTrial>(OpenTrialOnDevice);
        services.TryAddSingleton<OpenGroup>(OpenGroupOnDevice);
        services.TryAddSingleton(SegmentTrainer);
        services.AddSingleton<ActiveStudies>().AddSingleton<SegmentRunner>();
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
        return TrainingConcurrency.For(TrainingDevice.Resolve(options.Device), Environment.ProcessorCount, options.Workers, options.Engine);
    }

    private static ISegmentTrainer SegmentTrainer(IServiceProvider services) =>
        services.GetRequiredService<TrainingConcurrency>().Engine == TrainingEngine.Stacked
            ? services.GetRequiredService<GroupSegmentTrainer>()
            : services.GetRequiredService<SingleSegmentTrainer>();

    private static OpenTrial OpenTrialOnDevice(IServiceProvider services)
    {
        var (own, time) = (services.GetRequiredService<TrainingConcurrency>(), services.GetRequiredService<TimeProvider>());
        return own.Engine == TrainingEngine.Torch
            ? (train, validation, trial) => new TorchTrainer(train, validation, trial, own.Device, time)
            : (train, validation, trial) => new CpuTrainer(train, validation, trial, time);
    }

    private static OpenGroup OpenGroupOnDevice(IServiceProvider services)
    {
        var (own, time) = (services.GetRequiredService<TrainingConcurrency>(), services.GetRequiredService<TimeProvider>());
        return (train, validation, trials) => TrainingGroup.Open(train, validation, trials, own.Device, time, own.Engine);
    }
}
