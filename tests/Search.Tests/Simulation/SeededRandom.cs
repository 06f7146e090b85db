using MacroCausal.Search.Samplers;

namespace MacroCausal.Search.Tests.Simulation;

/// <summary>SeededRandom as a function of its names, so that a run with restarts meets the same weather as one without.</summary>
internal static class SeededRandom
{
    public static double Of(ulong seed, params ReadOnlySpan<int> names)
    {
        foreach (var name in names) seed = RandomStream.Mix(seed ^ (uint)name);
        return new RandomStream(seed).NextDouble();
    }
}
