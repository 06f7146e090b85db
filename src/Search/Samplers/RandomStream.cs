using MacroCausal.Shared;

namespace MacroCausal.Search.Samplers;

/// <summary>
/// Random numbers from a seed, by <see cref="SplitMix64"/>; the state begins at the seed's hash, so neighbouring seeds give unrelated
/// streams.
/// </summary>
internal sealed class RandomStream(ulong seed)
{
    private ulong _state = SplitMix64.Hash(seed);

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var bits = SplitMix64.Hash(_state);
        _state += SplitMix64.GoldenRatio;
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
        unchecked((long)SplitMix64.Hash(SplitMix64.Hash((ulong)studySeed) ^ (ulong)(uint)trial));
}
