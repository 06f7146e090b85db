using MacroCausal.Reporting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MacroCausal.Registry;

/// <summary>Adds the Registry to a process.</summary>
public static class RegistryServiceCollectionExtensions
{
    /// <summary>
    /// Adds what the Registry needs besides an <c>IObjectStore</c>, an <c>IStudyStore</c>, an <c>IModelRegistries</c> and the bus.
    /// </summary>
    public static IServiceCollection AddRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RegistrationCheck>();
        services.AddSingleton<EpochArrival>();
        services.AddSingleton<RegistrationInputReader>();
        services.AddSingleton<CheckpointCleanup>();
        services.AddSingleton<ModelRegistration>();
        services.AddSingleton<FoldForecasting>();
        services.AddSingleton<FeatureEffectsWriter>();
        services.AddSingleton<RegistrationReport>();
        return services.AddReporting();
    }

    /// <summary>Adds the Registry's endpoint to the bus.</summary>
    public static void AddRegistry(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<RegisterModelConsumer, RegisterModelConsumerDefinition>();
}
