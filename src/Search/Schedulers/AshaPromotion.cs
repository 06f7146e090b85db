namespace MacroCausal.Search.Schedulers;

/// <summary>
/// ASHA, promotion type (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, Algorithm 2). A trial waits at its milestone; a free slot goes to the best
/// waiting candidate of the highest rung that has one. O(log n) for n trials.
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
    public void Record(int trial, int rung, double? loss, RungStatus fate) =>
        _rungs[rung].Record(Ranked.Of(trial, loss), fate);

    /// <inheritdoc/>
    public RungDecision? Judge()
    {
        for (var rung = _rungs.Length - 2; rung >= 0; rung--)
        {
            if (_rungs[rung].Candidate is { } trial) return new RungDecision(trial, rung, Continues: true);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Apply(RungDecision verdict)
    {
        if (!verdict.Continues) throw new ArgumentException($"Trial {verdict.Trial} was to be stopped; the promotion type only promotes.", nameof(verdict));
        _rungs[verdict.Rung].Promote(verdict.Trial);
    }
}
