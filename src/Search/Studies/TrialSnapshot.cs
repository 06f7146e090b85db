using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Studies;

/// <summary>A trial as its durable record has it; what a study is folded from.</summary>
public sealed record TrialSnapshot
{
    /// <summary>Its number, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>Its hyperparameters, a point of the study's space.</summary>
    public required Configuration Configuration { get; init; }

    /// <summary>Where it stands.</summary>
    public required TrialStatus Status { get; init; }

    /// <summary>
    /// Epochs that are done and reported: the milestone reached last, or the epoch at which it ended early; 0 before the first report.
    /// </summary>
    public required int Epoch { get; init; }

    /// <summary>Milestone of the segment that runs, or ran last. Above a milestone, it says that the trial continued from there.</summary>
    public required int ToEpoch { get; init; }

    /// <summary>
    /// Lowest loss so far at every milestone reached, that of an early end included. An epoch between two milestones counts at the later
    /// one.
    /// </summary>
    public IReadOnlyList<RungLoss> Milestones { get; init; } = [];

    /// <summary>Epoch of the lowest loss; 0 where there is none.</summary>
    public int BestEpoch { get; init; }
}

/// <summary>How far a trial has come.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Epoch">Epochs that are done and reported.</param>
/// <param name="ToEpoch">Milestone of the segment that runs, or ran last.</param>
/// <param name="BestEpoch">Epoch of its lowest loss; 0 where there is none.</param>
public readonly record struct TrialProgress(TrialStatus Status, int Epoch, int ToEpoch, int BestEpoch);

/// <summary>The best checkpoint of a study.</summary>
/// <param name="Trial">Its trial.</param>
/// <param name="Epoch">Epoch of the lowest validation loss.</param>
/// <param name="Loss">That loss.</param>
public sealed record BestTrial(int Trial, int Epoch, double Loss)
{
    /// <summary>Lower loss, then fewer epochs, then lower trial number.</summary>
    internal bool IsBetterThan(BestTrial? other) =>
        other is null || (Loss, Epoch, Trial).CompareTo((other.Loss, other.Epoch, other.Trial)) < 0;
}
