namespace MacroCausal.Model.Training;

/// <summary>A split in memory: scaled features and scaled target. Read only, so that many trials share one.</summary>
public sealed class TrainingRows
{
    /// <summary>Takes the arrays as they are; nobody may write to them afterwards.</summary>
    /// <param name="features">Row-major, rows times <paramref name="featureCount"/>.</param>
    /// <param name="target">One value a row.</param>
    /// <param name="featureCount">Features of a row, 1 or more.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or there is no row.</exception>
    public TrainingRows(float[] features, float[] target, int featureCount)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(target);
        if (featureCount < 1 || target.Length == 0 || features.LongLength != target.LongLength * featureCount)
        {
            throw new ArgumentException(
                $"{features.LongLength} feature values are not {target.Length} rows of {featureCount}; "
                + "a split has 1 row and 1 feature or more.", nameof(features));
        }

        Features = features;
        Target = target;
        FeatureCount = featureCount;
    }

    /// <summary>Features of a row.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Target.Length;

    /// <summary>Bytes of memory that the values take.</summary>
    public long Bytes => (Features.LongLength + Target.LongLength) * sizeof(float);

    internal float[] Features { get; }

    internal float[] Target { get; }
}
