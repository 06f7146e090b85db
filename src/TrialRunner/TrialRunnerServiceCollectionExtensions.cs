using MacroCausal.Model.Training;
using MacroCausal.TrialRunner.Groups;
using MacroCausal.TrialRunner.Segments;
using MacroCausal.TrialRunner.Splits;
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
        services.TryAddSingleton<SplitReader>(ParquetSplit.ReadAsync);
        services.TryAddSingleton(Plan);
        services.TryAddSingleton<OpenGroup>(OnDevice);
        services.AddSingleton<TrainingThreads>().AddSingleton<GroupTraining>().AddSingleton<SegmentGroups>();
        services.AddSingleton<SplitCache>().AddSingleton<CheckpointObjects>().AddSingleton<SegmentStarts>().AddSingleton<KeyedLock>();
        services.AddSingleton<SegmentRunner>();
        return services;
    }

    /// <summary>Adds the TrialRunner's endpoint to the bus.</summary>
    public static void AddTrialRunner(this IBusRegistrationConfigurator bus) => bus.AddConsumer<RunTrialConsumer, RunTrialConsumerDefinition>();

    private static TrainingConcurrency Plan(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<TrialRunnerOptions>>().Value;
        return TrainingConcurrency.For(TrainingDevice.Resolve(options.Device), Environment.ProcessorCount, options.Workers);
    }

    private static OpenGroup OnDevice(IServiceProvider services)
    {
        var (device, time) = (services.GetRequiredService<TrainingConcurrency>().Device, services.GetRequiredService<TimeProvider>());
        return (train, validation, trials) => TrainingGroup.Open(train, validation, trials, device, time);
    }
}
