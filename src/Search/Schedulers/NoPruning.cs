namespace MacroCausal.Search.Schedulers;

/// <summary>No early stopping: the only milestone is the last epoch, and every trial runs to it.</summary>
public sealed class NoPruning : IScheduler
{
    private int _recorded;

    /// <summary>A scheduler without trials.</summary>
    public NoPruning(int maxEpochs) => Milestones = Milestones.Of(maxEpochs, maxEpochs, 2);

    /// <inheritdoc/>
    public Milestones Milestones { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RungOverview> Rungs => [new(Milestones.Last, _recorded, 0)];

    /// <inheritdoc/>
    public void Record(int trial, int rung, double? loss, RungStatus status) => _recorded++;

    /// <inheritdoc/>
    public RungDecision? FindDecision() => null;

    /// <inheritdoc/>
    public void Apply(RungDecision decision) => throw new ArgumentException(
        $"Trial {decision.Trial} was to continue or end at a milestone; without a scheduler there is nothing to decide.", nameof(decision));
}
