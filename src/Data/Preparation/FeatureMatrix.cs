namespace MacroCausal.Data.Preparation;

/// <summary>Scaled features, ready for a model. <see cref="Features"/> is [N, F], row after row.</summary>
public sealed record FeatureMatrix
{
    /// <summary>Names of the F features.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The features, [N, F], row-major.</summary>
    public required float[] Features { get; init; }

    /// <summary>Number of rows, N.</summary>
    public required int Rows { get; init; }

    /// <summary>The scaled target, [N], NaN where it is missing; null where the table has no target.</summary>
    public float[]? Target { get; init; }

    /// <summary>Dates of the rows, [N]; null where the table has none, or not for every row.</summary>
    public DateTimeOffset[]? Dates { get; init; }

    /// <summary>The features of one row.</summary>
    public ReadOnlySpan<float> Row(int row) => Features.AsSpan(row * Names.Count, Names.Count);
}
