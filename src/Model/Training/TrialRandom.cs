using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MacroCausal.Shared;

namespace MacroCausal.Model.Training;

/// <summary>What a trial draws random numbers for; each has streams of its own, so that none shifts another.</summary>
internal enum Purpose
{
    Initialisation = 1,
    Shuffle = 2,
    Dropout = 3,
    InputDropout = 4,
}

/// <summary>
/// A trial's random numbers as a pure function of (seed, purpose, epoch), by <see cref="SplitMix64"/>. Torch's own generator is global and
/// would mix trials that train side by side; and this one needs no state in a checkpoint.
/// </summary>
internal struct TrialRandom
{
    private ulong _state;

    public TrialRandom(long seed, Purpose purpose, int epoch)
    {
        _state = SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Hash((ulong)seed) ^ (ulong)purpose) ^ (uint)epoch);
    }

    /// <summary>Number n from here is <see cref="SplitMix64.Mix"/> of this plus n times <see cref="SplitMix64.GoldenRatio"/>.</summary>
    public readonly ulong State => _state;

    public ulong Next() => SplitMix64.Mix(_state += SplitMix64.GoldenRatio);

    /// <summary>Uniform in [0, bound).</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Uniform in [-1, 1), on a grid of 2^-23.</summary>
    public float Signed() => ((int)(Next() >> 40) - (1 << 23)) * (1f / (1 << 23));

    /// <summary>Every order of 0 to n - 1 is equally likely (Fisher, Yates).</summary>
    public void Permute(Span<int> order)
    {
        for (var index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        for (var index = order.Length - 1; index > 0; index--)
        {
            var other = (int)Below(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }
    }

    /// <summary>What <see cref="Mix(Vector256{ulong})"/> turns into the next four numbers.</summary>
    public readonly Vector256<ulong> FirstFour() =>
        Vector256.Create(_state) + Vector256.Create(SplitMix64.GoldenRatio) * Vector256.Create(1UL, 2, 3, 4);

    /// <summary>The same for the four numbers after.</summary>
    public static Vector256<ulong> NextFour(Vector256<ulong> state) => state + Vector256.Create(unchecked(4 * SplitMix64.GoldenRatio));

    /// <summary><see cref="SplitMix64.Mix"/> of four states at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Mix(Vector256<ulong> state)
    {
        state = (state ^ (state >>> 30)) * Vector256.Create(SplitMix64.Multiplier1);
        state = (state ^ (state >>> 27)) * Vector256.Create(SplitMix64.Multiplier2);
        return state ^ (state >>> 31);
    }
}
