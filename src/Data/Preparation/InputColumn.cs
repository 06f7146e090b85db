namespace MacroCausal.Data.Preparation;

/// <summary>How a column of the table is read.</summary>
public enum InputKind
{
    /// <summary>A number, as it is.</summary>
    Number,

    /// <summary>A truth value, 0 or 1.</summary>
    Boolean,

    /// <summary>A text or an integer that names a category.</summary>
    Category,
}

/// <summary>A column of the table that became features, and what was learned of it on the training rows.</summary>
public sealed record InputColumn
{
    /// <summary>Its name in the table.</summary>
    public required string Name { get; init; }

    public required InputKind Kind { get; init; }

    /// <summary>What stands for a missing number or truth value: the median of the training rows. Null for categories.</summary>
    public double? Median { get; init; }

    /// <summary>Whether a feature says that the value is missing.</summary>
    public bool HasMissingFlag { get; init; }

    /// <summary>The categories in ordinal order; empty for numbers and truth values. Any other value, or none, is zero in all of them.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];
}
