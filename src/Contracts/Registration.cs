namespace MacroCausal.Contracts;

/// <summary>
/// Asks the Registry to store the best model of a study. Sent by the Tuner to the queue <c>register-model</c>. Run twice, it writes the
/// same.
/// </summary>
public sealed record RegisterModel
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Key of the model, <c>model_{execution_id}_{yyyyMMdd_HHmmss}</c> of the study's start.</summary>
    public required string ModelId { get; init; }

    /// <summary>Start of the study, UTC; the record's <c>created_at</c>.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Number of the trial that won, from 0.</summary>
    public required int BestTrial { get; init; }

    /// <summary>Epoch of that trial whose weights are the model.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Its validation loss, in the target's unit, squared.</summary>
    public required double BestValidationLoss { get; init; }

    /// <summary>The checkpoint that holds the weights of <see cref="BestEpoch"/>.</summary>
    public required ObjectReference Checkpoint { get; init; }

    /// <summary>Hyperparameters of the trial that won.</summary>
    public required TrialConfig Config { get; init; }

    /// <summary>What the study was asked for.</summary>
    public required StudySettings Settings { get; init; }

    /// <summary>The splits that it was trained on.</summary>
    public required DataManifest Data { get; init; }
}

/// <summary>The artifacts and the registry's record are written. Published by the Registry.</summary>
public sealed record ModelRegistered
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Key of the model.</summary>
    public required string ModelId { get; init; }

    /// <summary>Folder of the artifacts, <c>s3://bucket/models/{execution_id}/</c>.</summary>
    public required string ModelUri { get; init; }
}

/// <summary>The best model could not be stored. Published by the Registry; the study fails and its checkpoints stay.</summary>
public sealed record RegistrationFailed
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>One sentence: what went wrong and the remedy.</summary>
    public required string Reason { get; init; }
}
