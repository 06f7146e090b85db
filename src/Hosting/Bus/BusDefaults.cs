using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Hosting.Bus;

/// <summary>What every bus has, whatever its transport.</summary>
internal static class BusDefaults
{
    /// <summary>Endpoints are named in kebab-case; start waits until all of them are ready, stop waits for the messages in hand.</summary>
    public static IServiceCollection AddBus(this IServiceCollection services, Action<IBusRegistrationConfigurator> configure, TimeSpan stopTimeout)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            configure(bus);
        });
        services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            options.WaitUntilStarted = true;
            options.StopTimeout = stopTimeout;
        });
        return services;
    }
}
