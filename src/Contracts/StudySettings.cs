namespace MacroCausal.Contracts;

/// <summary>Everything that a study was asked for, checked and complete; <see cref="StartTraining"/> says what each field means.</summary>
public sealed record StudySettings
{
    /// <summary>Execution id of the study; 1 to 512 bytes of UTF-8.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Bucket of the gold table.</summary>
    public required string GoldBucket { get; init; }

    /// <summary>Bucket of splits, checkpoints and models.</summary>
    public required string ArtifactsBucket { get; init; }

    /// <summary>Table of registered models.</summary>
    public required string ModelRegistryTable { get; init; }

    /// <summary>Column to predict.</summary>
    public string Target { get; init; } = "target";

    /// <summary>Column that orders the rows; null for the one that is found.</summary>
    public string? DateColumn { get; init; }

    /// <summary>How the dates are written; null for what the values tell.</summary>
    public string? DateFormat { get; init; }

    /// <summary>Whether file order is taken as time.</summary>
    public bool NoDate { get; init; }

    /// <summary>Columns that are not features.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; init; } = [];

    /// <summary>Integer columns that hold categories.</summary>
    public IReadOnlyList<string> CategoryColumns { get; init; } = [];

    /// <summary>Columns that together name the series a row belongs to.</summary>
    public IReadOnlyList<string> GroupColumns { get; init; } = [];

    /// <summary>Rows from a row to the one whose value its target is.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>Rows by which the target is brought forward; 0 for a target taken as it stands.</summary>
    public int Ahead { get; init; }

    /// <summary>Features made of a row's history and date: one of <see cref="Contracts.TemporalFeatures.Names"/>.</summary>
    public string TemporalFeatures { get; init; } = Contracts.TemporalFeatures.None;

    /// <summary>Standard deviations beyond which a number is clipped, 0 for never. Default 0.</summary>
    public double Clip { get; init; }

    /// <summary>Of which baseline the networks learn what it leaves: one of <see cref="ResidualBaselines.Names"/>. Default none.</summary>
    public string ResidualOf { get; init; } = ResidualBaselines.None;

    /// <summary>Share of the rows to train on.</summary>
    public double TrainFraction { get; init; } = 0.8;

    /// <summary>Share of the rows held out as test.</summary>
    public double TestFraction { get; init; }

    /// <summary>Rows, or dates, left out between two splits.</summary>
    public int EmbargoRows { get; init; }

    /// <summary>Maximum number of trials.</summary>
    public int Trials { get; init; } = 20;

    /// <summary>Maximum number of epochs of one trial.</summary>
    public int MaxEpochs { get; init; } = 100;

    /// <summary>Epochs to the first milestone.</summary>
    public int GracePeriod { get; init; } = 10;

    /// <summary>The top 1/eta of the trials at each rung are promoted.</summary>
    public int ReductionFactor { get; init; } = 2;

    /// <summary>Epochs without a better validation loss after which a trial ends early.</summary>
    public int Patience { get; init; } = 10;

    /// <summary><c>asha</c>, <c>asha-stopping</c> or <c>none</c>.</summary>
    public string Scheduler { get; init; } = "asha";

    /// <summary><c>tpe</c>, <c>tpe-univariate</c> or <c>random</c>.</summary>
    public string Sampler { get; init; } = "tpe";

    /// <summary>Maximum number of concurrent segments.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>Weight in a shared quota of segments: each step doubles the share.</summary>
    public int Priority { get; init; }

    /// <summary>Maximum number of selections into the ensemble; 1 for the best trial alone.</summary>
    public int EnsembleSize { get; init; } = 10;

    /// <summary>Number of folds of the walk-forward, 0 for none. Default 0.</summary>
    public int WalkForward { get; init; }

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>Maximum number of epochs of all trials together.</summary>
    public long? EpochBudget { get; init; }

    /// <summary>Seconds of search after which it ends; downtime does not count.</summary>
    public double? SecondsBudget { get; init; }

    /// <summary>End the search when a validation loss at a milestone reaches this; none for no such loss.</summary>
    public double? TargetLoss { get; init; }

    /// <summary>Every hyperparameter of the model by name.</summary>
    public IReadOnlyDictionary<string, SearchDimension> SearchSpace { get; init; } = Contracts.Hyperparameters.Default;

    /// <summary>Where the gold table came from, for people to read; null where nobody said.</summary>
    public string? DataSource { get; init; }

    /// <summary>The fold of a walk-forward that this study is; null for a study that a person or a pipeline asked for.</summary>
    public WalkForwardFold? Fold { get; init; }

    /// <summary>Address of the gold table; a fold reads that of the study that is judged by it.</summary>
    public string GoldUri() => ObjectKeys.Uri(GoldBucket, ObjectKeys.GoldTable(Fold?.Study ?? ExecutionId));

    /// <summary>The settings of the studies that are the folds of this one's walk-forward.</summary>
    public IEnumerable<StudySettings> Folds() => WalkForwardFold.Of(ExecutionId, WalkForward)
        .Select(fold => this with { ExecutionId = fold.ToExecutionId(), WalkForward = 0, Fold = fold });
}
