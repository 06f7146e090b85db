using MacroCausal.Shared;

namespace MacroCausal.Bench.Simulation;

/// <summary>
/// Chance as a function of a seed and of names, so that nothing depends on the order in which it is asked (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
/// </summary>
internal static class Chance
{
    /// <summary>A number above 0 and below 1.</summary>
    public static double Of(ulong seed, params ReadOnlySpan<int> names)
    {
        foreach (var name in names) seed = SplitMix64.Hash(seed ^ (uint)name);
        return ((SplitMix64.Hash(seed) >> 12) + 0.5) * (1.0 / (1L << 52));
    }

    /// <summary>A draw from the standard normal distribution (Box, Muller, 1958).</summary>
    public static double Normal(ulong seed, int kind, int name, int place) =>
        Math.Sqrt(-2 * Math.Log(Of(seed, kind, name, place, 0))) * Math.Cos(2 * Math.PI * Of(seed, kind, name, place, 1));
}
