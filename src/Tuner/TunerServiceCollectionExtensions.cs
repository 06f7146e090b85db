using MacroCausal.Storage;
using MacroCausal.Tuner.Settings;
using MacroCausal.Tuner.Sharing;
using MacroCausal.Tuner.Studies;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MacroCausal.Tuner;

/// <summary>Adds the Tuner to a process.</summary>
public static class TunerServiceCollectionExtensions
{
    /// <summary>Adds what the Tuner needs besides an <see cref="IStudyStore"/> and the bus.</summary>
    public static IServiceCollection AddTuner(this IServiceCollection services)
    {
        services.AddOptions<TunerOptions>().BindConfiguration("Tuner").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ActiveStudyCache>();
        services.AddSingleton<Heartbeats>();
        services.AddSingleton<SegmentQuota>();
        services.AddSingleton<StudyLooks>();
        services.AddHostedService<StudyWatcher>();
        services.AddSingleton<StudyCoordinator>();
        services.AddSingleton<EpochRecorder>();
        return services;
    }

    /// <summary>Adds the Tuner's endpoints to the bus.</summary>
    public static void AddTuner(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<StartTrainingConsumer, StartTrainingConsumerDefinition>();
        bus.AddSagaStateMachine<StudyStateMachine, StudyInstance, StudyDefinition>().Repository(repository => repository
            .RegisterSagaRepository<
                StudyInstance, IStudyStore, SagaConsumeContextFactory<IStudyStore, StudyInstance>, StudySagaRepositoryContextFactory>());
    }
}
