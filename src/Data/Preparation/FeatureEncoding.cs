using System.Text.Json.Serialization;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>How a column of the table is read.</summary>
public enum InputKind
{
    /// <summary>A number, as it is.</summary>
    Number,

    /// <summary>A boolean, as 0 or 1.</summary>
    Boolean,

    /// <summary>A text or an integer that names a category.</summary>
    Category,
}

/// <summary>A column of the table that became features, and what was fitted on the training rows.</summary>
public sealed record InputColumn
{
    /// <summary>Its name in the table.</summary>
    public required string Name { get; init; }

    /// <summary>How its cells are read.</summary>
    public required InputKind Kind { get; init; }

    /// <summary>What is imputed for a missing number or boolean: the median of the training rows. Null for categories.</summary>
    public double? Median { get; init; }

    /// <summary>Whether a missing indicator stands beside the value.</summary>
    [JsonPropertyName("hasMissingFlag")]
    public bool HasMissingIndicator { get; init; }

    /// <summary>
    /// The categories in ordinal order; empty for numbers and booleans. Any other value, or none, is zero in all of them.
    /// </summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>
    /// Whether the training rows have more values than categories are kept, so that a feature stands for all others, those that come later
    /// included.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasOther { get; init; }
}

/// <summary>What a feature says of its input column.</summary>
public enum FeatureRole
{
    /// <summary>The number, or the median of the training rows where it is missing (median imputation).</summary>
    Value,

    /// <summary>Missing indicator: 1 where the value is missing, else 0.</summary>
    [JsonStringEnumMemberName("missing")]
    MissingIndicator,

    /// <summary>One-hot encoding: 1 where the value is the category, else 0.</summary>
    [JsonStringEnumMemberName("category")]
    OneHot,

    /// <summary>1 where there is a value and it is none of the categories, else 0.</summary>
    Other,
}

/// <summary>
/// A standardized feature: <c>(x - Mean) / Scale</c> of what <see cref="Role"/> says, clipped to <c>-Limit</c> to <c>Limit</c> where there
/// is one.
/// </summary>
public sealed record FeatureColumn
{
    /// <summary><c>name</c>, <c>name#missing</c>, <c>name=category</c> or <c>name#other</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Index into <see cref="FittedPreprocessor.Inputs"/>.</summary>
    public required int Input { get; init; }

    /// <summary>What it says of its input column.</summary>
    public required FeatureRole Role { get; init; }

    /// <summary>The category of <see cref="FeatureRole.OneHot"/>.</summary>
    public string? Category { get; init; }

    /// <summary>Mean over the training rows.</summary>
    public required double Mean { get; init; }

    /// <summary>Population standard deviation over the training rows; above 0.</summary>
    public required double Scale { get; init; }

    /// <summary>Largest magnitude of the scaled feature; null where it is never clipped.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Limit { get; init; }
}

/// <summary>
/// The features of an input column and their values before scaling. Fitting and applying both go through here, so they cannot differ.
/// </summary>
internal static class FeatureEncoding
{
    /// <summary>The features that an input becomes, not scaled yet.</summary>
    public static IEnumerable<FeatureColumn> Columns(InputColumn input, int index)
    {
        if (input.Kind == InputKind.Category)
        {
            foreach (var category in input.Categories)
            {
                yield return Unscaled($"{input.Name}={category}", index, FeatureRole.OneHot, category);
            }

            if (input.HasOther) yield return Unscaled($"{input.Name}#other", index, FeatureRole.Other);
            yield break;
        }

        yield return Unscaled(input.Name, index, FeatureRole.Value);
        if (input.HasMissingIndicator)
        {
            yield return Unscaled($"{input.Name}#missing", index, FeatureRole.MissingIndicator);
        }
    }

    /// <summary>The value of a feature, not scaled, in a row of the table's column.</summary>
    public static double Value(FeatureColumn feature, InputColumn input, Column column, int row) => feature.Role switch
    {
        FeatureRole.OneHot => string.Equals(Cells.Category(column, row), feature.Category, StringComparison.Ordinal) ? 1 : 0,
        FeatureRole.Other => Cells.Category(column, row) is { } category && !IsKnown(input.Categories, category) ? 1 : 0,
        FeatureRole.MissingIndicator => column.IsMissing(row) ? 1 : 0,
        _ => Cells.Number(column, row) is var number && double.IsNaN(number) ? input.Median ?? 0 : number, // median imputation
    };

    // Categories are in ordinal order.
    private static bool IsKnown(IReadOnlyList<string> categories, string category)
    {
        for (int low = 0, high = categories.Count - 1; low <= high;)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(categories[middle], category);
            if (order == 0) return true;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    private static FeatureColumn Unscaled(string name, int input, FeatureRole role, string? category = null) =>
        new() { Name = name, Input = input, Role = role, Category = category, Mean = 0, Scale = 1 };
}
