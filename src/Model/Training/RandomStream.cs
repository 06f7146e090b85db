using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Training;

/// <summary>What a trial draws random numbers for; each has streams of its own, so that none shifts another.</summary>
internal enum Purpose
{
    Initialisation = 1,
    Shuffle = 2,
    Dropout = 3,
}

/// <summary>
/// Random numbers as a pure function of (seed, purpose, epoch): SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). Torch's own
/// generator is global and would mix trials that train side by side; and this one needs no state in a checkpoint.
/// </summary>
internal struct RandomStream
{
    internal const ulong Golden = 0x9E3779B97F4A7C15;
    internal const ulong Mix1 = 0xBF58476D1CE4E5B9;
    internal const ulong Mix2 = 0x94D049BB133111EB;
    private ulong _state;

    public RandomStream(long seed, Purpose purpose, int epoch)
    {
        _state = Mix(Mix(Mix((ulong)seed + Golden) ^ (ulong)purpose) ^ (uint)epoch);
    }

    /// <summary>Number n from here is <see cref="Mix(ulong)"/> of this and n times <see cref="Golden"/>.</summary>
    public readonly ulong State => _state;

    public ulong Next() => Mix(_state += Golden);

    /// <summary>Uniform in [0, bound).</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Uniform in [-1, 1), on a grid of 2^-23.</summary>
    public float Signed() => ((int)(Next() >> 40) - (1 << 23)) * (1f / (1 << 23));

    /// <summary>Every order of 0 to n - 1 is equally likely (Fisher, Yates).</summary>
    public void Permute(Span<int> order)
    {
        for (var index = 0; index < order.Length; index++)
            order[index] = index;
        for (var index = order.Length - 1; index > 0; index--)
        {
            var other = (int)Below(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }
    }

    /// <summary>What <see cref="Mix(Vector256{ulong})"/> turns into the next four numbers.</summary>
    public readonly Vector256<ulong> FirstFour() => Vector256.Create(_state) + Vector256.Create(Golden) * Vector256.Create(1UL, 2, 3, 4);

    /// <summary>The same for the four numbers after.</summary>
    public static Vector256<ulong> FourOn(Vector256<ulong> state) => state + Vector256.Create(unchecked(4 * Golden));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Mix(Vector256<ulong> value)
    {
        value = (value ^ (value >>> 30)) * Vector256.Create(Mix1);
        value = (value ^ (value >>> 27)) * Vector256.Create(Mix2);
        return value ^ (value >>> 31);
    }

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * Mix1;
        value = (value ^ (value >> 27)) * Mix2;
        return value ^ (value >> 31);
    }
}
