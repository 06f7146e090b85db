namespace MacroCausal.Model.Training;

/// <summary>An epoch that was trained.</summary>
public sealed record EpochResult
{
    /// <summary>Number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Its losses.</summary>
    public required EpochLoss Loss { get; init; }

    /// <summary>Lowest validation loss of the trial so far; NaN where none was finite.</summary>
    public required double BestLoss { get; init; }

    /// <summary>Epoch of the lowest validation loss; 0 where none was finite.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Whether the trial is over: patience is spent, or a loss is not finite.</summary>
    public required bool EndedEarly { get; init; }

    /// <summary>Seconds that the epoch took, validation included; its share of them where a group was trained.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training rows per second.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>
    /// The last epoch of a history, just trained or remembered by a checkpoint: what an epoch reports is filled in here alone.
    /// </summary>
    /// <param name="history">One epoch or more.</param>
    /// <param name="patience">Epochs without a better one that end the trial.</param>
    /// <param name="seconds">Seconds that it took; 0 where they are not known.</param>
    /// <param name="rows">Training rows.</param>
    public static EpochResult Last(TrainingHistory history, int patience, double seconds, int rows)
    {
        ArgumentNullException.ThrowIfNull(history);
        return new EpochResult
        {
            Epoch = history.Epochs.Count,
            Loss = history.Epochs[^1],
            BestLoss = history.BestLoss,
            BestEpoch = history.BestEpoch,
            EndedEarly = history.IsOver(patience),
            Seconds = seconds,
            RowsPerSecond = seconds > 0 ? rows / seconds : 0,
        };
    }
}
