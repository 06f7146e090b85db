namespace MacroCausal.Storage;

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

    /// <summary>Best validation loss so far at each milestone reached, in order; none where no loss was finite.</summary>
    public required IReadOnlyList<RungLoss> Milestones { get; init; }

    /// <summary>Epoch of the best validation loss; 0 where there is none.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>State of the trial at <see cref="Epoch"/>; none before the first milestone.</summary>
    public ObjectReference? Checkpoint { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; init; }
}
