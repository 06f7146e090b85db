using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MacroCausal.DataPrep;

/// <summary>Adds the service that prepares gold tables. It needs an <see cref="Storage.IObjectStore"/>.</summary>
public static class DataPrepServiceCollectionExtensions
{
    /// <summary>Adds what the consumer works with.</summary>
    public static IServiceCollection AddDataPrep(this IServiceCollection services)
    {
        services.TryAddSingleton<DatasetWriter>();
        return services;
    }

    /// <summary>Adds the consumer to the bus, on the queue <c>prepare-data</c>, and what it works with.</summary>
    public static IBusRegistrationConfigurator AddDataPrep(this IBusRegistrationConfigurator bus)
    {
        AddDataPrep((IServiceCollection)bus);
        bus.AddConsumer<PrepareDataConsumer, PrepareDataConsumerDefinition>();
        return bus;
    }
}
