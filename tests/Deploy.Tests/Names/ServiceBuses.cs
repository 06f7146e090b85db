using MacroCausal.DataPrep;
using MacroCausal.Registry;
using MacroCausal.TrialRunner;
using MacroCausal.Tuner;

namespace MacroCausal.Deploy.Tests.Names;

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
