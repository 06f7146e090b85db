namespace MacroCausal.Storage;

/// <summary>One epoch of a trial, as <see cref="TrialEpochCompleted"/> reported it.</summary>
public sealed record EpochRecord
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Number of the trial, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean squared error over the training rows; none where it was not finite.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Mean squared error over the validation rows; none where it was not finite.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Seconds that the epoch took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Name of the process that trained it.</summary>
    public required string Runner { get; init; }

    /// <summary>When the report was recorded, UTC; it pushes the segment's lease back.</summary>
    public required DateTimeOffset RecordedAt { get; init; }
}
