using MacroCausal.Data.Baselines;
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

    /// <summary>Validation error of every <see cref="Baseline"/> by name: mean squared error in the target's unit, squared.</summary>
    public required IReadOnlyDictionary<string, double> Baselines { get; init; }
}
