namespace MacroCausal.Storage;

/// <summary>A study, coarsely: its saga instance.</summary>
public sealed record StudyRecord
{
    /// <summary>The study; the record's key.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Name of the saga's state.</summary>
    public required string State { get; init; }

    /// <summary>Counts changes, from 0.</summary>
    public required int Version { get; init; }

    /// <summary>When it was started, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The saga instance as JSON; at most a few kilobytes.</summary>
    public required string Saga { get; init; }

    /// <summary>Whether the study is over: completed, failed or cancelled.</summary>
    public bool IsOver => State is "Completed" or "Failed";

    /// <summary>Whether no segment of it is of use any more: its search is over, though its model may not be registered yet.</summary>
    public bool IsSearchOver => IsOver || State is "WalkingForward" or "Registering";
}

/// <summary>One trial: what it is, where it stands, what it has reached.</summary>
public sealed record TrialRecord
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Number of the trial, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>Counts changes, from 0.</summary>
    public required int Version { get; init; }

    /// <summary>Seed of the trial.</summary>
    public required long Seed { get; init; }

    /// <summary>Hyperparameters.</summary>
    public required TrialConfig Config { get; init; }

    /// <summary>Where it stands.</summary>
    public required TrialStatus Status { get; init; }

    /// <summary>Epochs that are done, reported and in <see cref="Checkpoint"/>; the start of the segment that is out.</summary>
    public required int Epoch { get; init; }

    /// <summary>Milestone of the segment that is out, or was out last.</summary>
    public required int ToEpoch { get; init; }

    /// <summary>How often the segment that is out was issued before.</summary>
    public required int Attempt { get; init; }

    /// <summary>When the segment that is out was issued, UTC.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>How often in a row it was reissued without a report in between.</summary>
    public int Reissues { get; init; }

    /// <summary>Best validation loss so far at each milestone reached, in order; none where no loss was finite.</summary>
    public required IReadOnlyList<RungLoss> Milestones { get; init; }

    /// <summary>Lowest loss of <see cref="Milestones"/>; null where none has one.</summary>
    public double? LowestMilestoneLoss() => Milestones.Min(milestone => milestone.Loss);

    /// <summary>Epoch of the best validation loss; 0 where there is none.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>State of the trial at <see cref="Epoch"/>; none before the first milestone.</summary>
    public ObjectReference? Checkpoint { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; init; }
}

/// <summary>The last time that a trial is known to have reported.</summary>
/// <param name="ExecutionId">The study.</param>
/// <param name="Trial">Number of the trial, from 0.</param>
/// <param name="At">When it reported, UTC.</param>
public sealed record HeartbeatRecord(string ExecutionId, int Trial, DateTimeOffset At);

/// <summary>An active study, and when a Tuner is to look after it.</summary>
/// <param name="ExecutionId">The study.</param>
/// <param name="DueAt">When that is, UTC.</param>
public sealed record LookRecord(string ExecutionId, DateTimeOffset DueAt);

/// <summary>One epoch of a trial, as <see cref="TrialEpochCompleted"/> reported it.</summary>
public sealed record EpochRecord
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Number of the trial, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>
    /// Metrics of the epoch by name, in the target's unit; <see cref="EpochMetrics"/> lists them. One that was not a finite number is
    /// left out.
    /// </summary>
    public MetricValues Metrics { get; init; } = MetricValues.None;

    /// <summary>The metrics that have no column or attribute of their own in the stores: all but the two losses.</summary>
    internal Dictionary<string, double> OtherMetrics =>
        Metrics.ByName.Where(metric => metric.Key is not (EpochMetrics.TrainLoss or EpochMetrics.ValidationLoss)).ToDictionary();

    /// <summary>Seconds that the epoch took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Name of the process that trained it.</summary>
    public required string Runner { get; init; }

    /// <summary>When the report was recorded, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Metrics as the stores hold them, together again.</summary>
    internal static MetricValues MetricsOf(double? trainLoss, double? validationLoss, IEnumerable<KeyValuePair<string, double>> others) =>
        new(
        [
            (EpochMetrics.TrainLoss, trainLoss), (EpochMetrics.ValidationLoss, validationLoss),
            .. others.Select(metric => (metric.Key, (double?)metric.Value)),
        ]);
}
