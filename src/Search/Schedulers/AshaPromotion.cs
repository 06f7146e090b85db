namespace MacroCausal.Search.Schedulers;

/// <summary>
/// ASHA, promotion type (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, Algorithm 2). A trial
/// waits at its milestone; a free slot goes to the best waiting candidate of the highest rung that has one. O(log n) for n trials.
/// </summary>
public sealed class AshaPromotion : IScheduler
{
    private readonly PromotionRung[] _rungs;

    /// <summary>A scheduler without trials; <paramref name="reductionFactor"/> is eta, 2 or more.</summary>
    public AshaPromotion(Milestones milestones, int reductionFactor)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        ArgumentOutOfRangeException.ThrowIfLessThan(reductionFactor, 2);
        Milestones = milestones;
        _rungs = [.. milestones.Select(milestone => new PromotionRung(milestone, reductionFactor))];
    }

    /// <inheritdoc/>
    public Milestones Milestones { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RungOverview> Rungs => [.. _rungs.Select(rung => rung.Overview)];

    /// <inheritdoc/>
    public void Record(int trial, int rung, double? loss, RungStatus status) =>
        _rungs[rung].Record(Ranked.Of(trial, loss), status);

    /// <inheritdoc/>
    public RungDecision? FindDecision()
    {
        for (var rung = _rungs.Length - 2; rung >= 0; rung--)
        {
            if (_rungs[rung].Candidate is { } trial) return new RungDecision(trial, rung, IsPromotion: true);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Apply(RungDecision decision)
    {
        if (!decision.IsPromotion)
        {
            throw new ArgumentException($"Trial {decision.Trial} was to be stopped; the promotion type only promotes.", nameof(decision));
        }

        _rungs[decision.Rung].Promote(decision.Trial);
    }
}

/// <summary>
/// A rung of ASHA: the best floor(n / eta) of its n trials are candidates. Knows the best trial that waits and the last candidate's rank,
/// so that recording and promoting take O(log n).
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

    public void Record(Ranked ranked, RungStatus status)
    {
        _candidates.Add(ranked, (_candidates.Count + 1) / reductionFactor);
        if (status == RungStatus.Promoted)
        {
            _promoted++;
        }
        else if (status == RungStatus.Waiting && double.IsFinite(ranked.Loss))
        {
            _waiting.Push(ranked);
        }
    }

    public void Promote(int trial)
    {
        _promoted++;
        _left.Add(trial);
        // The others leave the heap when they come to its top: nearly always the one that was just promoted.
        while (_waiting.Count > 0 && _left.Remove(_waiting.Top.Trial))
        {
            _waiting.Pop();
        }
    }
}
