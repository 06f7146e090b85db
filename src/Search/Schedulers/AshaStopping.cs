namespace MacroCausal.Search.Schedulers;

/// <summary>
/// ASHA, stopping type: the rule of Ray Tune's AsyncHyperBandScheduler with one bracket. A trial that reaches a milestone ends there if its loss is worse than the cutoff of the losses that were
/// judged before it, and goes on otherwise. Trials that wait are judged one by one, the lowest number first, and count for others from then on; so the verdicts depend on
/// what was recorded and judged, not on when. A trial without a finite loss always ends.
/// </summary>
public sealed class AshaStopping : IScheduler
{
    private readonly StoppingRung[] _rungs;
    private readonly SortedDictionary<int, (int Rung, Ranked Ranked)> _waiting = [];

    /// <summary>A scheduler without trials; <paramref name="reductionFactor"/> is eta, 2 or more.</summary>
    public AshaStopping(Milestones milestones, int reductionFactor)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        ArgumentOutOfRangeException.ThrowIfLessThan(reductionFactor, 2);
        Milestones = milestones;
        _rungs = [.. milestones.Select(milestone => new StoppingRung(milestone, reductionFactor))];
    }

    /// <inheritdoc/>
    public Milestones Milestones { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RungOverview> Rungs => [.. _rungs.Select((rung, index) => WithWaiting(rung.Overview, index))];

    /// <inheritdoc/>
    public void Record(int trial, int rung, double? loss, RungStatus fate)
    {
        var ranked = Ranked.Of(trial, loss);
        if (fate == RungStatus.Waits) _waiting.Add(trial, (rung, ranked));
        else _rungs[rung].Record(ranked, fate == RungStatus.Continued);
    }

    /// <inheritdoc/>
    public RungDecision? Judge()
    {
        if (_waiting.Count == 0) return null;
        var (trial, (rung, ranked)) = _waiting.First();
        return new RungDecision(trial, rung, double.IsFinite(ranked.Loss) && !_rungs[rung].IsWorseThanCutoff(ranked.Loss));
    }

    /// <inheritdoc/>
    public void Apply(RungDecision verdict)
    {
        if (!_waiting.Remove(verdict.Trial, out var waiting))
            throw new ArgumentException($"Trial {verdict.Trial} does not wait at a rung; record its loss first.", nameof(verdict));
        _rungs[waiting.Rung].Record(waiting.Ranked, verdict.Continues);
    }

    private RungOverview WithWaiting(RungOverview judged, int index) =>
        judged with { Recorded = judged.Recorded + _waiting.Values.Count(waiting => waiting.Rung == index) };
}
