namespace MacroCausal.Search.Schedulers;

/// <summary>
/// ASHA, stopping type: the rule of Ray Tune's AsyncHyperBandScheduler with one bracket. A trial that reaches a milestone
/// ends there if its loss is worse than the cutoff of the losses that were decided before it, and continues otherwise. Waiting trials are
/// decided one by one, the lowest number first, and count for others from then on; so the decisions depend on what was recorded and
/// decided, not on when. A trial without a finite loss always ends.
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
    public void Record(int trial, int rung, double? loss, RungStatus status)
    {
        var ranked = Ranked.Of(trial, loss);
        if (status == RungStatus.Waiting)
        {
            _waiting.Add(trial, (rung, ranked));
        }
        else
        {
            _rungs[rung].Record(ranked, status == RungStatus.Promoted);
        }
    }

    /// <inheritdoc/>
    public RungDecision? FindDecision()
    {
        if (_waiting.Count == 0) return null;
        var (trial, (rung, ranked)) = _waiting.First();
        return new RungDecision(trial, rung, double.IsFinite(ranked.Loss) && !_rungs[rung].IsWorseThanCutoff(ranked.Loss));
    }

    /// <inheritdoc/>
    public void Apply(RungDecision decision)
    {
        if (!_waiting.Remove(decision.Trial, out var waiting))
        {
            throw new ArgumentException($"Trial {decision.Trial} does not wait at a rung; record its loss first.", nameof(decision));
        }

        _rungs[waiting.Rung].Record(waiting.Ranked, decision.IsPromotion);
    }

    private RungOverview WithWaiting(RungOverview decided, int index) =>
        decided with { Recorded = decided.Recorded + _waiting.Values.Count(waiting => waiting.Rung == index) };
}

/// <summary>
/// A rung of Ray Tune's rule: the cutoff is the (1 - 1/eta) percentile of the negated losses, that is the loss at position (n - 1) / eta
/// from the best; between two losses it is interpolated linearly.
/// </summary>
internal sealed class StoppingRung(int milestone, int reductionFactor)
{
    private readonly TopFraction _losses = new();
    private int _promoted;

    public RungOverview Overview => new(milestone, _losses.Count, _promoted);

    public bool IsWorseThanCutoff(double loss) => _losses.Count > 0 && loss > Cutoff();

    public void Record(Ranked ranked, bool isPromoted)
    {
        _losses.Add(ranked, (_losses.Count / reductionFactor) + 1);
        if (isPromoted)
        {
            _promoted++;
        }
    }

    private double Cutoff()
    {
        var lower = _losses.LastOfBest!.Value.Loss;
        var fraction = (_losses.Count - 1) % reductionFactor / (double)reductionFactor;
        // Infinity times a fraction of 0 would be NaN.
        if (fraction == 0 || _losses.FirstOfRest is not { } upper) return lower;
        return double.IsFinite(upper.Loss) ? lower + (fraction * (upper.Loss - lower)) : upper.Loss;
    }
}
