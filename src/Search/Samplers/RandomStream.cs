namespace MacroCausal.Search.Samplers;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): a counter in steps of the golden ratio,
/// each hashed. Unlike <see cref="Random"/> it gives the same numbers on every platform and version of .NET, and neighbouring seeds give
/// unrelated streams.
/// </summary>
internal sealed class RandomStream(ulong seed)
{
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    private ulong _state = Mix(seed);

    /// <summary>A hash of 64 bits in which every bit of the input moves half the bits of the output.</summary>
    public static ulong Mix(ulong bits)
    {
        bits += GoldenRatio;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var bits = Mix(_state);
        _state += GoldenRatio;
        return bits;
    }

    /// <summary>A number above 0 and below 1, one of 2^52 equally likely ones.</summary>
    public double NextDouble() => ((NextBits() >> 12) + 0.5) * (1.0 / (1L << 52));

    /// <summary>A whole number from 0 to below <paramref name="count"/>; its bias, count / 2^64, is below notice.</summary>
    public int NextIndex(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);
}

/// <summary>Seeds of trials.</summary>
public static class TrialSeed
{
    /// <summary>A hash of the study's seed and the trial's number, so that a trial is the same wherever and whenever it runs.</summary>
    public static long Of(long studySeed, int trial) =>
        unchecked((long)RandomStream.Mix(RandomStream.Mix((ulong)studySeed) ^ (ulong)(uint)trial));
}
