using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Hosting.Bus;

/// <summary>The bus that the services talk through.</summary>
public static class BusRegistration
{
    /// <summary>
    /// Adds an in-memory bus: every service in this process, nothing outside it. Endpoints are named in kebab-case; start waits until all of them are ready,
    /// and stop waits for the messages in hand, at most <paramref name="stopTimeout"/>.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="consumers">Registers the services' consumers and sagas.</param>
    /// <param name="stopTimeout">Longest wait for messages in hand; default 30 seconds.</param>
    public static IServiceCollection AddInMemoryBus(
        this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers, TimeSpan? stopTimeout = null)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            consumers(bus);
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            options.WaitUntilStarted = true;
            options.StopTimeout = stopTimeout ?? TimeSpan.FromSeconds(30);
        });
        return services;
    }
}
