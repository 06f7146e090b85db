using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Compute;

/// <summary>How much of Fargate a service gets.</summary>
/// <param name="Cpu">1,024 are a core.</param>
/// <param name="MemoryMiB">Memory; DataPrep and Registry hold a gold table.</param>
internal sealed record ServiceSize(int Cpu, int MemoryMiB)
{
    public static ServiceSize Of(ServicePlan service) => service == BusPlan.Tuner ? new(512, 1024) : service == BusPlan.TrialRunner ? new(2048, 4096) : new(1024, 4096);
}
