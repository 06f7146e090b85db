namespace MacroCausal.Search.Schedulers;

/// <summary>
/// A rung of Ray Tune's rule: the cutoff is the (1 - 1/eta) linear percentile of the sign-turned losses, that is the loss at position (n - 1) / eta from
/// the best, in between two losses by linear interpolation.
/// </summary>
internal sealed class StoppingRung(int milestone, int reductionFactor)
{
    private readonly TopFraction _losses = new();
    private int _promoted;

    public RungOverview Overview => new(milestone, _losses.Count, _promoted);

    public bool IsWorseThanCutoff(double loss) => _losses.Count > 0 && loss > Cutoff();

    public void Record(Ranked ranked, bool continued)
    {
        _losses.Add(ranked, (_losses.Count / reductionFactor) + 1);
        if (continued) _promoted++;
    }

    private double Cutoff()
    {
        var lower = _losses.LastOfBest!.Value.Loss;
        var fraction = (_losses.Count - 1) % reductionFactor / (double)reductionFactor;
        // Infinity times no fraction would be NaN.
        return fraction == 0 || _losses.FirstOfRest is not { } upper ? lower : double.IsFinite(upper.Loss) ? lower + (fraction * (upper.Loss - lower)) : upper.Loss;
    }
}
