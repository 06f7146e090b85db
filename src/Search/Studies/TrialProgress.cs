namespace MacroCausal.Search.Studies;

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
    internal bool IsBetterThan(BestTrial? other) => other is null || (Loss, Epoch, Trial).CompareTo((other.Loss, other.Epoch, other.Trial)) < 0;
}
