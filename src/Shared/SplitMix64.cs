namespace MacroCausal.Shared;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): number n of a stream is
/// <see cref="Mix"/> of its state plus n times <see cref="GoldenRatio"/>. Unlike <see cref="Random"/> it gives the same numbers on every
/// platform and version of .NET.
/// </summary>
internal static class SplitMix64
{
    /// <summary>2^64 divided by the golden ratio, made odd: the step from one state to the next.</summary>
    public const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    /// <summary>First multiplier of <see cref="Mix"/>.</summary>
    public const ulong Multiplier1 = 0xBF58476D1CE4E5B9;

    /// <summary>Second multiplier of <see cref="Mix"/>.</summary>
    public const ulong Multiplier2 = 0x94D049BB133111EB;

    /// <summary>The output function: every bit of the state changes half of the bits of the result; 0 stays 0.</summary>
    public static ulong Mix(ulong state)
    {
        state = (state ^ (state >> 30)) * Multiplier1;
        state = (state ^ (state >> 27)) * Multiplier2;
        return state ^ (state >> 31);
    }

    /// <summary>A hash of 64 bits: the first number of the stream whose state is <paramref name="bits"/>.</summary>
    public static ulong Hash(ulong bits) => Mix(bits + GoldenRatio);
}
