using MacroCausal.TrialRunner.Segments;
using MacroCausal.TrialRunner.Splits;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MacroCausal.TrialRunner;

/// <summary>Adds the TrialRunner to a process.</summary>
public static class TrialRunnerRegistration
{
    /// <summary>Adds what the TrialRunner needs besides an <c>IObjectStore</c>, a host and the bus.</summary>
    public static IServiceCollection AddTrialRunner(this IServiceCollection services)
    {
        services.AddOptions<TrialRunnerOptions>().BindConfiguration("TrialRunner").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SplitReader>(ParquetSplit.ReadAsync);
        services.AddSingleton<TrainingThreads>();
        services.AddSingleton<SplitCache>();
        services.AddSingleton<CheckpointObjects>();
        services.AddSingleton<SegmentRunner>();
        services.AddHostedService<TorchWarmUp>();
        return services;
    }

    /// <summary>Adds the TrialRunner's endpoint to the bus.</summary>
    public static void AddTrialRunner(this IBusRegistrationConfigurator bus) => bus.AddConsumer<RunTrialConsumer, RunTrialConsumerDefinition>();
}
