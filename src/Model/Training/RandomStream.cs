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
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    public RandomStream(long seed, Purpose purpose, int epoch)
    {
        _state = Mix(Mix(Mix((ulong)seed + Golden) ^ (ulong)purpose) ^ (uint)epoch);
    }

    public ulong Next() => Mix(_state += Golden);

    /// <summary>Uniform in [0, bound).</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Uniform in [-1, 1), on a grid of 2^-23.</summary>
    public float Signed() => ((int)(Next() >> 40) - (1 << 23)) * (1f / (1 << 23));

    /// <summary>Every order of 0 to n - 1 is equally likely (Fisher, Yates).</summary>
    public void Permute(Span<long> order)
    {
        for (var index = 0; index < order.Length; index++)
            order[index] = index;
        for (var index = order.Length - 1; index > 0; index--)
        {
            var other = (int)Below(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }
    }

    /// <summary>Every element is 0 with the probability <paramref name="dropout"/>, otherwise 1 / (1 - dropout).</summary>
    public void FillMask(Span<float> mask, double dropout)
    {
        var keep = (float)(1 / (1 - dropout));
        var threshold = (uint)Math.Min(uint.MaxValue, Math.Round(dropout * 4294967296.0));
        var index = 0;
        for (; index + 1 < mask.Length; index += 2)
        {
            var bits = Next();
            mask[index] = (uint)bits < threshold ? 0 : keep;
            mask[index + 1] = (uint)(bits >> 32) < threshold ? 0 : keep;
        }

        if (index < mask.Length)
            mask[index] = (uint)Next() < threshold ? 0 : keep;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
