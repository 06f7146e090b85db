using System.Collections;

namespace MacroCausal.Search.Schedulers;

/// <summary>
/// The epochs at which trials are compared: r, r·eta, r·eta², ... while below R, then R (Li et al., MLSys 2020; r is the grace period, R
/// the maximum number of epochs, eta the reduction factor). The rung of index k is reached at milestone k.
/// </summary>
public sealed class Milestones : IReadOnlyList<int>
{
    private readonly int[] _epochs;

    private Milestones(int[] epochs) => _epochs = epochs;

    /// <summary>Number of milestones, 1 or more.</summary>
    public int Count => _epochs.Length;

    /// <summary>The last milestone, R.</summary>
    public int Last => _epochs[^1];

    /// <summary>The milestone of a rung, in epochs.</summary>
    public int this[int rung] => _epochs[rung];

    /// <summary>
    /// The milestones of a study; throws <see cref="ArgumentException"/> for fewer than one epoch or a reduction factor below 2.
    /// </summary>
    public static Milestones Of(int gracePeriod, int maxEpochs, int reductionFactor)
    {
        if (gracePeriod < 1) throw new ArgumentException($"The grace period is {gracePeriod} epochs; give 1 or more.", nameof(gracePeriod));
        if (maxEpochs < 1) throw new ArgumentException($"A trial has at most {maxEpochs} epochs; it needs 1 or more.", nameof(maxEpochs));
        if (reductionFactor < 2)
        {
            throw new ArgumentException($"The reduction factor is {reductionFactor}; give 2 or more.", nameof(reductionFactor));
        }

        List<int> epochs = [];
        // Multiplied: the logarithm of the textbook formula can lose the last rung to rounding.
        for (long epoch = gracePeriod; epoch < maxEpochs; epoch *= reductionFactor)
        {
            epochs.Add((int)epoch);
        }

        return new Milestones([.. epochs, maxEpochs]);
    }

    /// <summary>
    /// The rung of the first milestone that is not before <paramref name="epoch"/>; throws <see cref="ArgumentException"/> beyond the last.
    /// </summary>
    public int RungAt(int epoch)
    {
        var index = Array.BinarySearch(_epochs, epoch);
        var rung = index >= 0 ? index : ~index;
        return rung < Count
            ? rung
            : throw new ArgumentException(
                $"Epoch {epoch} is beyond the last milestone, {Last}; was the trial stored with other milestones?", nameof(epoch));
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => _epochs.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
