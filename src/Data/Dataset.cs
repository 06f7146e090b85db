using MacroCausal.Data.Preparation;

namespace MacroCausal.Data;

/// <summary>A table made ready for a study.</summary>
public sealed record Dataset
{
    public required FeatureMatrix Train { get; init; }

    public required FeatureMatrix Validation { get; init; }

    /// <summary>Null where no rows are held out.</summary>
    public FeatureMatrix? Test { get; init; }

    public required FittedPreprocessor Preparation { get; init; }

    public required TableProfile Profile { get; init; }

    /// <summary>Validation error of always answering the training mean, in the target's unit, squared.</summary>
    public required double MeanBaseline { get; init; }

    /// <summary>Validation error of a ridge regression, in the target's unit, squared.</summary>
    public required double RidgeBaseline { get; init; }
}
