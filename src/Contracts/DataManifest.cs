namespace MacroCausal.Contracts;

/// <summary>The prepared splits of a study: where they are and what training must know of them.</summary>
public sealed record DataManifest
{
    /// <summary>Training rows: a Parquet table of float32 columns, scaled; <c>target</c> last.</summary>
    public required ObjectReference Train { get; init; }

    /// <summary>Validation rows, in the same columns.</summary>
    public required ObjectReference Validation { get; init; }

    /// <summary>Test rows, where some are held out.</summary>
    public ObjectReference? Test { get; init; }

    /// <summary>The fitted preparation of features and target, <c>scaler.json</c>.</summary>
    public required ObjectReference Scaler { get; init; }

    /// <summary>The full profile, a line for every column, <c>profile.json</c>.</summary>
    public required ObjectReference Profile { get; init; }

    /// <summary>Number of prepared features, 1 or more.</summary>
    public required int Features { get; init; }

    /// <summary>Number of training rows.</summary>
    public required int TrainRows { get; init; }

    /// <summary>Number of validation rows.</summary>
    public required int ValidationRows { get; init; }

    /// <summary>Number of test rows.</summary>
    public required int TestRows { get; init; }

    /// <summary>Mean of the target over the training rows, in its own unit.</summary>
    public required double TargetMean { get; init; }

    /// <summary>
    /// Standard deviation of the target over the training rows, in its own unit; a scaled squared error times its square is in the target's
    /// unit.
    /// </summary>
    public required double TargetScale { get; init; }

    /// <summary>
    /// Mean squared error on the validation rows, in the target's unit, squared, of every baseline that the table has by name: <c>mean</c>,
    /// <c>lastValue</c>, <c>seasonalLastValue</c>, <c>ar</c>, <c>arSeasonal</c>, <c>ridge</c>, <c>ridgeLags</c>,
    /// <c>boostedTrees</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Baselines { get; init; }

    /// <summary>
    /// What every baseline forecasts for every validation and test row, <c>baselines.parquet</c>; null from a DataPrep of an older version.
    /// </summary>
    public ObjectReference? BaselineForecasts { get; init; }

    /// <summary>
    /// Every baseline as the training rows fitted it, <c>baselines.json</c>; null from a DataPrep of an older version.
    /// </summary>
    public ObjectReference? FittedBaselines { get; init; }

    /// <summary>
    /// Baselines as weighted sums of the features, <c>linear.json</c>; null from a DataPrep of an older version.
    /// </summary>
    public ObjectReference? LinearMembers { get; init; }

    /// <summary>What the networks learn instead of the target; null where they learn the target.</summary>
    public ResidualTarget? Residual { get; init; }

    /// <summary>The unit of what the networks learn, in the target's: what takes their loss there.</summary>
    public double LearnedScale() => Residual?.Scale ?? TargetScale;
}

/// <summary>Networks that learn what a baseline leaves of the target.</summary>
/// <param name="Of">Name of the baseline.</param>
/// <param name="Scale">Root mean square of what it leaves on the training rows, in the target's unit, above 0.</param>
/// <param name="Model">Its weights, and the range of the features that the networks see: <c>residual.json</c>.</param>
public sealed record ResidualTarget(string Of, double Scale, ObjectReference Model);
