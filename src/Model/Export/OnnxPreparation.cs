namespace MacroCausal.Model.Export;

/// <summary>How a table's raw columns become a model's input, told without knowing how that was learned.</summary>
public sealed record OnnxPreparation
{
    private readonly List<string> _numericColumns = [];

    /// <summary>What becomes features, in order: the table's columns that are read, and what is made of its earlier rows.</summary>
    public required IReadOnlyList<OnnxInput> Inputs
    {
        get;
        init
        {
            field = value;
            _numericColumns =
            [
                .. value.Where(input => input.Kind != OnnxInputKind.TextCategory && input.History is null).Select(input => input.Name)
                    .Concat(value.Select(input => input.History?.Source).OfType<string>()).Distinct(StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>
    /// Mean and scale of every feature, in the order of the model's input: for each of <see cref="Inputs"/> its value and, where flagged,
    /// whether it is missing; or one feature a category, and one for all others where there is one.
    /// </summary>
    public required IReadOnlyList<OnnxScaling> Features { get; init; }

    /// <summary>The columns of <c>numeric</c>: inputs that hold numbers, then what only earlier rows are read of.</summary>
    public IReadOnlyList<string> NumericColumns => _numericColumns;

    /// <summary>The columns of <c>text</c>.</summary>
    public IReadOnlyList<string> TextColumns =>
        [.. Inputs.Where(input => input.Kind == OnnxInputKind.TextCategory).Select(input => input.Name)];

    /// <summary>
    /// Earlier rows that a row's prediction reads; 0 where it reads none. Above 0 the rows must be those of one series, in date order.
    /// </summary>
    public int HistoryRows => Inputs.Max(input => input.History is { } history ? history.Rows - (history.IsAverage ? 1 : 0) : 0);

    /// <summary>A prediction in the target's unit is the network's output times the scale, plus the mean.</summary>
    public required OnnxScaling Target { get; init; }

    /// <summary>Where an input's column, or that of its history, lies in <c>numeric</c>.</summary>
    internal long SourceOf(OnnxInput input) => _numericColumns.IndexOf(input.History?.Source ?? input.Name);
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
    /// <summary>Its name: in the table, and told in the file's metadata, unless it has a <see cref="History"/>.</summary>
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

    /// <summary>What of earlier rows it is; null for a column of the table.</summary>
    public OnnxHistory? History { get; init; }
}

/// <summary>What is read of a column's earlier rows.</summary>
/// <param name="Source">The column, of numbers.</param>
/// <param name="Rows">Rows back, or rows of the average, the row itself included; 1 or more.</param>
/// <param name="IsAverage">
/// Whether it is the mean of the values that are there, missing where they are fewer than half of the rows; else it is the value so many
/// rows back.
/// </param>
public sealed record OnnxHistory(string Source, int Rows, bool IsAverage);

/// <summary>Standard scaling: <c>(x - Mean) / Scale</c>, clipped to <c>-Limit</c> to <c>Limit</c>.</summary>
/// <param name="Mean">Mean over the training rows.</param>
/// <param name="Scale">Standard deviation over the training rows; not 0.</param>
/// <param name="Limit">The largest magnitude; infinity where nothing is clipped.</param>
public readonly record struct OnnxScaling(double Mean, double Scale, double Limit = double.PositiveInfinity);
