using System.Reflection;
using MacroCausal.DataPrep;
using MacroCausal.Hosting;
using MacroCausal.Registry;
using MacroCausal.TrialRunner;
using MacroCausal.Tuner;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Deploy.Tests.Names;

/// <summary>One service's bus, configured as its <c>Program.cs</c> does.</summary>
/// <param name="Service">The name that the service gives itself, <c>trial-runner</c>.</param>
/// <param name="Assembly">The service's assembly.</param>
/// <param name="Endpoints">Registers the service's consumers.</param>
/// <param name="Parts">Registers what the consumers' definitions need.</param>
public sealed record ServiceBus(string Service, Assembly Assembly, Action<IBusRegistrationConfigurator> Endpoints,
    Action<IServiceCollection> Parts)
{
    /// <summary>The bus, with its queues, topics and subscriptions known but nothing connected.</summary>
    public IBusControl Configured() => Services().BuildServiceProvider().GetRequiredService<IBusControl>();

    /// <summary>The service's dependencies, with the bus among them.</summary>
    public ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        Parts(services);
        services.AddAmazonSqsBus(Endpoints, ServiceDefaults.StopTimeout);
        return services;
    }
}

/// <summary>The four services' buses.</summary>
public static class ServiceBuses
{
    /// <summary>All of them, in the order of a study.</summary>
    public static IReadOnlyList<ServiceBus> All { get; } =
    [
        new("data-prep", typeof(DataPrepServiceCollectionExtensions).Assembly, bus => bus.AddDataPrep(), _ => { }),
        new("tuner", typeof(TunerServiceCollectionExtensions).Assembly, bus => bus.AddTuner(), services => services.AddTuner()),
        new(
            "trial-runner", typeof(TrialRunnerServiceCollectionExtensions).Assembly,
            bus => bus.AddTrialRunner(), services => services.AddTrialRunner()),
        new("registry", typeof(RegistryServiceCollectionExtensions).Assembly, bus => bus.AddRegistry(), services => services.AddRegistry()),
    ];
}
