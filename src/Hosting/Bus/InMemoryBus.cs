using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Hosting.Bus;

/// <summary>The bus of a laptop: every service in this process, nothing outside it.</summary>
public static class InMemoryBus
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Adds an in-memory bus.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="consumers">Registers the services' consumers and sagas.</param>
    public static IServiceCollection AddInMemoryBus(this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers) =>
        services.AddBus(
            bus =>
            {
                consumers(bus);
                bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
            },
            StopTimeout);
}
