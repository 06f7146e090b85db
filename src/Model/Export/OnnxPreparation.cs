namespace MacroCausal.Model.Export;

/// <summary>How a table's raw columns become a model's input, told without knowing how that was learned.</summary>
public sealed record OnnxPreparation
{
    /// <summary>
    /// The table's columns that are read, in order. Those that hold numbers are the columns of <c>numeric</c>, the others those of
    /// <c>text</c>.
    /// </summary>
    public required IReadOnlyList<OnnxInput> Inputs { get; init; }

    /// <summary>
    /// Mean and scale of every feature, in the order of the model's input: for each of <see cref="Inputs"/> its value and, where flagged,
    /// whether it is missing; or one feature a category, and one for all others where there is one.
    /// </summary>
    public required IReadOnlyList<OnnxScaling> Features { get; init; }

    /// <summary>A prediction in the target's unit is the network's output times the scale, plus the mean.</summary>
    public required OnnxScaling Target { get; init; }
}

/// <summary>What a column holds.</summary>
public enum OnnxInputKind
{
    /// <summary>Numbers or truth values, as they are; a column of <c>numeric</c>.</summary>
    Number,

    /// <summary>Integers that name categories; a column of <c>numeric</c>.</summary>
    IntegerCategory,

    /// <summary>Texts that name categories; a column of <c>text</c>.</summary>
    TextCategory,
}

/// <summary>A raw column.</summary>
public sealed record OnnxInput
{
    /// <summary>Its name in the table; it is told in the file's metadata.</summary>
    public required string Name { get; init; }

    /// <summary>What it holds.</summary>
    public required OnnxInputKind Kind { get; init; }

    /// <summary>What stands for a missing or infinite number.</summary>
    public double Median { get; init; }

    /// <summary>Whether a feature says that the number is missing.</summary>
    public bool HasMissingFlag { get; init; }

    /// <summary>The categories in the order of their features; any other value is zero in all of them.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>
    /// Whether a feature after the categories' is 1 for any other value; a missing one, an empty text or no finite number, is none.
    /// </summary>
    public bool HasOther { get; init; }
}

/// <summary>Standard scaling: <c>(x - Mean) / Scale</c>.</summary>
/// <param name="Mean">Mean over the training rows.</param>
/// <param name="Scale">Standard deviation over the training rows; not 0.</param>
public readonly record struct OnnxScaling(double Mean, double Scale);
