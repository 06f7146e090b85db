namespace MacroCausal.Contracts;

/// <summary>
/// Asks for a study: tune, train and register one model. Sent to the queue <c>start-training</c> by the pipeline, as a MassTransit envelope
/// or as plain JSON. Only <see cref="ExecutionId"/> is needed; what is left out has the default of <see cref="StudySettings"/>. The same
/// message twice is one study.
/// </summary>
public sealed record StartTraining
{
    /// <summary>
    /// The pipeline's execution, usually a Step Functions execution ARN; 1 to 512 bytes of UTF-8. Default: the environment's
    /// <c>EXECUTION_ID</c>.
    /// </summary>
    public string? ExecutionId { get; init; }

    /// <summary>Bucket of the gold table. Default: the environment's <c>GOLD_BUCKET</c>.</summary>
    public string? GoldBucket { get; init; }

    /// <summary>Bucket of splits, checkpoints and models. Default: the environment's <c>ARTIFACTS_BUCKET</c>.</summary>
    public string? ArtifactsBucket { get; init; }

    /// <summary>Table of registered models. Default: the environment's <c>MODEL_REGISTRY_TABLE</c>.</summary>
    public string? ModelRegistryTable { get; init; }

    /// <summary>Column to predict. Default <c>target</c>.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// Column that orders the rows. Default: <c>date</c>, else the only column that can date the rows; a table without one keeps its order.
    /// </summary>
    public string? DateColumn { get; init; }

    /// <summary>
    /// How the dates are written: <c>d/m/Y</c>, <c>m/d/Y</c>, ... or a pattern such as <c>dd/MM/yyyy</c>. Default: as they tell.
    /// </summary>
    public string? DateFormat { get; init; }

    /// <summary>Whether file order is taken as time, whatever columns there are. Default false.</summary>
    public bool? NoDate { get; init; }

    /// <summary>Columns that are not features, besides <c>execution_id</c>, the target and the date.</summary>
    public IReadOnlyList<string>? IgnoredColumns { get; init; }

    /// <summary>Integer columns that hold categories rather than quantities.</summary>
    public IReadOnlyList<string>? CategoryColumns { get; init; }

    /// <summary>
    /// Columns that together name the series a row belongs to, such as <c>country</c>: rows of one date stay on one side of a split, and
    /// <see cref="Ahead"/> counts rows within a group. Default none: the table is one series.
    /// </summary>
    public IReadOnlyList<string>? GroupColumns { get; init; }

    /// <summary>
    /// Rows from a row to the one whose value its target is, 1 or more: the last <c>horizon - 1</c> dates before a split are left out, as
    /// their targets lie beyond it. Default: <see cref="Ahead"/>, else 1.
    /// </summary>
    public int? Horizon { get; init; }

    /// <summary>
    /// Predict the target this many rows later, within its group, 0 to 10,000; for a table whose target is of the row's own date. Default
    /// 0: the target is taken as it stands. Where it is above 0, <see cref="Horizon"/> is the same.
    /// </summary>
    public int? Ahead { get; init; }

    /// <summary>
    /// Features made of a row's history and date: <c>none</c>, <c>auto</c> (what cross-validation on the training rows shows to help), or
    /// some of <c>lags,averages,calendar</c> in this order. Default <c>none</c>; <c>macrocausal train</c> takes <c>auto</c>.
    /// </summary>
    public string? TemporalFeatures { get; init; }

    /// <summary>
    /// Standard deviations from its training mean beyond which a number is clipped before the network sees it, where cross-validation on
    /// the training rows finds that it helps; 0 to 1,000; 0: never. Default 0; <c>macrocausal train</c> takes 3.
    /// </summary>
    public double? Clip { get; init; }

    /// <summary>
    /// The baseline of which the networks learn what it leaves of the target: <c>none</c> (they learn the target), <c>ar</c>,
    /// <c>lastValue</c>, <c>ridge</c>, or <c>auto</c>: the autoregression where it leaves a tenth of the target's variance on the training
    /// rows or less, else none.
    /// Default <c>none</c>; <c>macrocausal train</c> takes <c>auto</c>.
    /// </summary>
    public string? ResidualOf { get; init; }

    /// <summary>Share of the rows, first in date order, to train on; above 0, below 1. Default 0.8.</summary>
    public double? TrainFraction { get; init; }

    /// <summary>Share of the rows, last in date order, held out from training and validation alike; 0 to below 1. Default 0.</summary>
    public double? TestFraction { get; init; }

    /// <summary>
    /// Rows left out after the training rows and after the validation rows, besides those of <see cref="Horizon"/>; dates rather than rows
    /// where the table has dates. Default 0.
    /// </summary>
    public int? EmbargoRows { get; init; }

    /// <summary>Maximum number of trials, 1 to 1,000,000. Default 20.</summary>
    public int? Trials { get; init; }

    /// <summary>Maximum number of epochs of one trial (R of ASHA), 1 to 10,000. Default 100.</summary>
    public int? MaxEpochs { get; init; }

    /// <summary>Epochs to the first milestone (r of ASHA), 1 to <see cref="MaxEpochs"/>. Default 10.</summary>
    public int? GracePeriod { get; init; }

    /// <summary>The top 1/eta of the trials at each rung are promoted; eta of ASHA, 2 to 100. Default 2.</summary>
    public int? ReductionFactor { get; init; }

    /// <summary>Epochs without a better validation loss after which a trial ends early, 1 or more. Default 10.</summary>
    public int? Patience { get; init; }

    /// <summary>Which trials get more epochs: <c>asha</c> (promotion type, default), <c>asha-stopping</c>, or <c>none</c>.</summary>
    public string? Scheduler { get; init; }

    /// <summary>How configurations are proposed: <c>tpe</c> (multivariate, default), <c>tpe-univariate</c>, or <c>random</c>.</summary>
    public string? Sampler { get; init; }

    /// <summary>Maximum number of concurrent segments, 1 to 10,000. Default 4.</summary>
    public int? Parallelism { get; init; }

    /// <summary>
    /// Weight of the study where studies share a quota of segments: each step doubles its share, each below 0 halves it; -10 to 10. Default
    /// 0.
    /// </summary>
    public int? Priority { get; init; }

    /// <summary>
    /// Maximum number of selections into the ensemble of trials, with replacement, 1 to 100; 1 for the best trial alone, without baselines
    /// beside it. Default 10.
    /// </summary>
    public int? EnsembleSize { get; init; }

    /// <summary>
    /// Number of folds of the walk-forward, 0 to 20: whole studies on the rows before each of so many blocks of the validation rows, which
    /// forecast them without having seen them; the verdict rests on these forecasts. Default 0: none. <c>macrocausal train</c> takes 4.
    /// </summary>
    public int? WalkForward { get; init; }

    /// <summary>Seed of everything random. Default 0.</summary>
    public long? Seed { get; init; }

    /// <summary>Maximum number of epochs of all trials together, 1 or more. Default: no limit.</summary>
    public long? EpochBudget { get; init; }

    /// <summary>Seconds of search after which it ends, above 0; downtime does not count. Default: no limit.</summary>
    public double? SecondsBudget { get; init; }

    /// <summary>
    /// End the search when a validation loss at a milestone reaches this (mean squared error in the target's unit, squared). Default: none.
    /// </summary>
    public double? TargetLoss { get; init; }

    /// <summary>Hyperparameters by name; those left out keep the default of <see cref="Hyperparameters.Default"/>.</summary>
    public IReadOnlyDictionary<string, SearchDimension>? SearchSpace { get; init; }

    /// <summary>Where the gold table came from, for people to read; it is recorded, not opened. Default: none.</summary>
    public string? DataSource { get; init; }
}

/// <summary>
/// Begins a study whose settings are checked. Sent by the Tuner to itself, to the queue <c>study</c>; a second one changes nothing.
/// </summary>
public sealed record StartStudy
{
    /// <summary>Execution id of the study; 1 to 512 bytes of UTF-8.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>What it is asked for.</summary>
    public required StudySettings Settings { get; init; }
}

/// <summary>
/// Asks the Tuner to take up a study whose work was lost, because a process died that held it: every running segment is reissued at once.
/// A study that was cancelled or paused goes on where it stopped; trials that failed are tried again. Sent by <c>macrocausal resume</c>.
/// Harmless for a study that runs or is over.
/// </summary>
public sealed record ResumeTraining
{
    /// <summary>Execution id of the study; 1 to 512 bytes of UTF-8.</summary>
    public required string ExecutionId { get; init; }
}

/// <summary>
/// Asks the Tuner to end a study before its time. Segments that wait are dropped, those that run end after the epoch in which their runner
/// hears of it. The study fails with a reason that begins with "cancelled", or is registered with what it has, see
/// <see cref="RegisterBest"/>; ResumeTraining takes a failed one up again where it stopped. Harmless for a study that is over.
/// </summary>
public sealed record CancelTraining
{
    /// <summary>Execution id of the study; 1 to 512 bytes of UTF-8.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>
    /// Whether the best checkpoint so far becomes the model; a study that has none yet fails all the same. Default false.
    /// </summary>
    public bool RegisterBest { get; init; }
}

/// <summary>
/// Asks the Tuner to start no more segments of a study until ResumeTraining comes; those that run, or wait for a runner, are trained to
/// their milestones. Its folds are paused with it. Harmless for a study that is over or that registers its model.
/// </summary>
public sealed record PauseTraining
{
    /// <summary>Execution id of the study; 1 to 512 bytes of UTF-8.</summary>
    public required string ExecutionId { get; init; }
}

/// <summary>
/// A wake-up call that the Tuner sends to itself while a study is active, to find expired leases and commands that nothing came of. One
/// that is lost is made up for by the next.
/// </summary>
public sealed record SweepStudy
{
    /// <summary>Execution id of the study; 1 to 512 bytes of UTF-8.</summary>
    public required string ExecutionId { get; init; }
}

/// <summary>A model is trained and registered. Published by the Tuner; ends the study.</summary>
public sealed record TrainingCompleted
{
    /// <summary>Execution id of the study; 1 to 512 bytes of UTF-8.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Key of the registered model, <c>model_{execution_id}_{yyyyMMdd_HHmmss}</c>.</summary>
    public required string ModelId { get; init; }

    /// <summary>Folder of the model's artifacts, <c>s3://bucket/models/{execution_id}/</c>.</summary>
    public required string ModelUri { get; init; }

    /// <summary>Number of the best trial, from 0.</summary>
    public required int BestTrial { get; init; }

    /// <summary>Epoch of that trial whose weights are the model, from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Hyperparameters of the best trial.</summary>
    public required TrialConfig BestConfig { get; init; }

    /// <summary>Mean squared error on the validation rows, in the target's unit, squared.</summary>
    public required double BestValidationLoss { get; init; }

    /// <summary>The same error of every baseline by name; those of <see cref="DataManifest.Baselines"/>.</summary>
    public required IReadOnlyDictionary<string, double> Baselines { get; init; }

    /// <summary>Whether the model is shown to be better than the best baseline; null from a Registry of an older version.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Trials that were started.</summary>
    public required int Trials { get; init; }

    /// <summary>Trials that failed.</summary>
    public required int FailedTrials { get; init; }

    /// <summary>Epochs of all trials together.</summary>
    public required long TrialEpochs { get; init; }

    /// <summary>Seconds from the study's start to its end.</summary>
    public required double Seconds { get; init; }
}

/// <summary>A study ended without a model. Published by the Tuner; ends the study.</summary>
public sealed record TrainingFailed
{
    /// <summary>The study; as it was given where it is the id itself that was refused.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Every reason, one sentence each: the thing, its value and the remedy.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Whether the input (settings or table) is the cause, so that the same message would fail again.</summary>
    public required bool InvalidInput { get; init; }
}
