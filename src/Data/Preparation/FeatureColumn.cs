namespace MacroCausal.Data.Preparation;

/// <summary>What a feature says of its input column.</summary>
public enum PreparedRole
{
    /// <summary>The number, or the median where it is missing.</summary>
    Value,

    /// <summary>1 where the value is missing, else 0.</summary>
    Missing,

    /// <summary>1 where the value is the category, else 0.</summary>
    Category,
}

/// <summary>A feature: <c>(x - Mean) / Scale</c> of what <see cref="Role"/> says.</summary>
public sealed record FeatureColumn
{
    /// <summary><c>name</c>, <c>name#missing</c> or <c>name=category</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Index into <see cref="FittedPreprocessor.Inputs"/>.</summary>
    public required int Input { get; init; }

    public required PreparedRole Role { get; init; }

    /// <summary>The category of <see cref="PreparedRole.Category"/>.</summary>
    public string? Category { get; init; }

    /// <summary>Mean over the training rows.</summary>
    public required double Mean { get; init; }

    /// <summary>Population standard deviation over the training rows; above 0.</summary>
    public required double Scale { get; init; }
}
