using MacroCausal.Shared;

namespace MacroCausal.TestKit;

/// <summary>
/// Random numbers as functions of a seed and of names (<see cref="SplitMix64"/>): nothing depends on the order in which they are asked
/// for, and a run with
/// restarts meets what a run without them meets.
/// </summary>
public static class SeededRandom
{
    /// <summary>A number above 0 and below 1.</summary>
    public static double Of(ulong seed, params ReadOnlySpan<int> names)
    {
        foreach (var name in names)
        {
            seed = SplitMix64.Hash(seed ^ (uint)name);
        }

        return ((SplitMix64.Hash(seed) >> 12) + 0.5) * (1.0 / (1L << 52));
    }

    /// <summary>A draw from the standard normal distribution (Box, Muller, 1958).</summary>
    public static double Normal(ulong seed, int kind, int name, int place) =>
        Math.Sqrt(-2 * Math.Log(Of(seed, kind, name, place, 0))) * Math.Cos(2 * Math.PI * Of(seed, kind, name, place, 1));
}
