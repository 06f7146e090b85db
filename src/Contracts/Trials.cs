namespace MacroCausal.Contracts;

/// <summary>
/// Asks for one segment of a trial: the epochs after <see cref="FromEpoch"/> up to <see cref="ToEpoch"/>. Sent by the Tuner to the queue
/// <c>run-trial</c>, whose depth is the work that waits. What a segment computes is a function of this message and the splits; run twice,
/// it gives the same.
/// </summary>
public sealed record RunTrial
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Number of the trial, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>Seed of the trial, a hash of the study's seed and the trial's number.</summary>
    public required long Seed { get; init; }

    /// <summary>Hyperparameters.</summary>
    public required TrialConfig Config { get; init; }

    /// <summary>Epochs that the trial has behind it; 0 for a new trial.</summary>
    public required int FromEpoch { get; init; }

    /// <summary>The milestone at which the segment ends.</summary>
    public required int ToEpoch { get; init; }

    /// <summary>
    /// Maximum number of epochs of the study's trials, over which a schedule of the learning rate goes; 0 from an older version, which has
    /// none.
    /// </summary>
    public int MaxEpochs { get; init; }

    /// <summary>Epochs without a better validation loss after which the trial ends early.</summary>
    public required int Patience { get; init; }

    /// <summary>State of the trial at <see cref="FromEpoch"/>; none for a new trial.</summary>
    public ObjectReference? Checkpoint { get; init; }

    /// <summary>Bucket that takes <c>runs/{execution_id}/checkpoints/</c>.</summary>
    public required string ArtifactsBucket { get; init; }

    /// <summary>The splits.</summary>
    public required DataManifest Data { get; init; }

    /// <summary>How often this segment was issued before, from 0. A repeat computes the same.</summary>
    public required int Attempt { get; init; }
}

/// <summary>
/// An epoch of a trial is done. Published by the TrialRunner after every epoch; the one that ends a segment also carries the checkpoint.
/// Losses are mean squared errors over the rows in the target's unit, squared; none where the loss is not a finite number.
/// </summary>
public sealed record TrialEpochCompleted
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Number of the trial, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The milestone at which the running segment ends.</summary>
    public required int ToEpoch { get; init; }

    /// <summary>Metrics of the epoch by name; <see cref="EpochMetrics"/> lists them. One that is not a finite number is left out.</summary>
    public MetricValues Metrics { get; init; } = MetricValues.None;

    /// <summary>Lowest validation loss of the trial so far.</summary>
    public double? BestValidationLoss { get; init; }

    /// <summary>Epoch of the lowest validation loss; 0 where there is none.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Seconds that the epoch took, validation included; the trial's share of them where trials were trained as a group.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training rows per second.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>Whether the trial is over before its last epoch: patience is spent, or a loss is not finite.</summary>
    public bool EndedEarly { get; init; }

    /// <summary>State of the trial after this epoch; only on the last report of a segment.</summary>
    public ObjectReference? Checkpoint { get; init; }

    /// <summary>Name of the process that trained it.</summary>
    public required string Runner { get; init; }
}

/// <summary>
/// A segment could not be trained. Published by the TrialRunner; the Tuner gives the trial up, or issues the segment again where that may
/// help.
/// </summary>
public sealed record TrialFailed
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Number of the trial, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>The milestone of the segment.</summary>
    public required int ToEpoch { get; init; }

    /// <summary>The attempt that failed, as <see cref="RunTrial.Attempt"/>.</summary>
    public required int Attempt { get; init; }

    /// <summary>One sentence: what went wrong.</summary>
    public required string Reason { get; init; }
}
