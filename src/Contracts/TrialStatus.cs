namespace MacroCausal.Contracts;

/// <summary>Where a trial stands. Stored by name; the order of the values means nothing.</summary>
public enum TrialStatus
{
    /// <summary>A segment of it runs, or waits in the queue.</summary>
    Running,

    /// <summary>It waits at a milestone for a decision.</summary>
    Paused,

    /// <summary>It reached the last epoch, or ended early.</summary>
    Completed,

    /// <summary>The scheduler ended it at a milestone.</summary>
    Stopped,

    /// <summary>It could not be trained.</summary>
    Failed,
}

/// <summary>What a trial had reached at a milestone: the loss that its rung compares.</summary>
/// <param name="Epoch">The milestone, in epochs from 1.</param>
/// <param name="Loss">
/// Lowest validation loss up to it (mean squared error in the target's unit, squared); none where no loss was finite.
/// </param>
public sealed record RungLoss(int Epoch, double? Loss);
