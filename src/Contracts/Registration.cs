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

    /// <summary>What the folds of the study's walk-forward came to, by number; empty where none was asked for.</summary>
    public IReadOnlyList<FoldResult> WalkForward { get; init; } = [];
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

    /// <summary>What the study shows of its model; null from a Registry of an older version.</summary>
    public Verdict? Verdict { get; init; }
}

/// <summary>
/// Whether a study shows that its model is better than the best of its baselines. Losses are mean squared errors in the target's unit,
/// squared.
/// </summary>
public sealed record Verdict
{
    /// <summary><c>better</c>, <c>not better</c> or <c>not shown</c>.</summary>
    public required string Word { get; init; }

    /// <summary>The same in one sentence, with its figures.</summary>
    public required string Sentence { get; init; }

    /// <summary>Name of the baseline with the lowest loss on the validation rows.</summary>
    public required string BestBaseline { get; init; }

    /// <summary>Its loss there.</summary>
    public required double BaselineLoss { get; init; }

    /// <summary>Loss of the model on the validation rows, which also selected it.</summary>
    public required double Loss { get; init; }

    /// <summary>Number of trials whose weighted mean is in the model; 1 for the best trial alone.</summary>
    public int Networks { get; init; } = 1;

    /// <summary>Share in the model of every baseline that is part of it, by name; null where it is networks alone.</summary>
    public IReadOnlyDictionary<string, double>? LinearMembers { get; init; }

    /// <summary>Number of validation rows; 0 where it is not known.</summary>
    public required int Rows { get; init; }

    /// <summary>Their dates.</summary>
    public DateRange? Dates { get; init; }

    /// <summary>Number of losses on these rows among which the best was selected: one for every epoch of every trial.</summary>
    public required long Looks { get; init; }

    /// <summary>Loss that is expected of what is selected among the trials, on rows that did not select it.</summary>
    public double? CorrectedLoss { get; init; }

    /// <summary>Its 95 % interval.</summary>
    public Interval? CorrectedInterval { get; init; }

    /// <summary>Corrected loss less the loss of the best baseline on the same rows; below 0 the model is better.</summary>
    public double? Difference { get; init; }

    /// <summary>Its 95 % interval.</summary>
    public Interval? DifferenceInterval { get; init; }

    /// <summary>The walk-forward, on which the word rests where it was run to its end; null where it was not.</summary>
    public WalkForwardFigures? WalkForward { get; init; }

    /// <summary>The same comparison on the test rows, which selected nothing; null where there are fewer than 20.</summary>
    public TestFigures? Test { get; init; }
}

/// <summary>The model beside the baselines on the test rows. Losses are mean squared errors in the target's unit, squared.</summary>
public sealed record TestFigures
{
    /// <summary>Number of test rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Their dates.</summary>
    public DateRange? Dates { get; init; }

    /// <summary>Loss of the model.</summary>
    public required double Loss { get; init; }

    /// <summary>Loss of every baseline by name.</summary>
    public required IReadOnlyDictionary<string, double> Baselines { get; init; }

    /// <summary>Loss less that of the baseline that is best on the validation rows; below 0 the model is better.</summary>
    public required double Difference { get; init; }

    /// <summary>Its 95 % interval.</summary>
    public required Interval DifferenceInterval { get; init; }

    /// <summary>Two-sided p-value of the Diebold-Mariano test that both are equally good, 0 to 1.</summary>
    public required double PValue { get; init; }
}

/// <summary>An interval of values, both ends included.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Low, double High);

/// <summary>The best model could not be stored. Published by the Registry; the study fails and its checkpoints stay.</summary>
public sealed record RegistrationFailed
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>One sentence: what went wrong and the remedy.</summary>
    public required string Reason { get; init; }
}
