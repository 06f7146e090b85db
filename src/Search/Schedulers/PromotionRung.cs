namespace MacroCausal.Search.Schedulers;

/// <summary>
/// A rung of ASHA: the best floor(n / eta) of its n trials are candidates. Knows the best trial that waits and the last candidate's rank, so that
/// recording and promoting take O(log n).
/// </summary>
internal sealed class PromotionRung(int milestone, int reductionFactor)
{
    private readonly TopFraction _candidates = new();
    private readonly Heap _waiting = new(worstFirst: false);
    private readonly HashSet<int> _left = [];
    private int _promoted;

    public RungOverview Overview => new(milestone, _candidates.Count, _promoted);

    /// <summary>The best trial that waits, if it is a candidate.</summary>
    public int? Candidate =>
        _waiting.Count > 0 && _candidates.LastOfBest is { } last && _waiting.Top.CompareTo(last) <= 0 ? _waiting.Top.Trial : null;

    public void Record(Ranked ranked, RungStatus fate)
    {
        _candidates.Add(ranked, (_candidates.Count + 1) / reductionFactor);
        if (fate == RungStatus.Continued) _promoted++;
        else if (fate == RungStatus.Waits && double.IsFinite(ranked.Loss)) _waiting.Push(ranked);
    }

    public void Promote(int trial)
    {
        _promoted++;
        _left.Add(trial);
        // Others leave the heap when they come to its top: nearly always the one that was just promoted.
        while (_waiting.Count > 0 && _left.Remove(_waiting.Top.Trial)) _waiting.Pop();
    }
}
