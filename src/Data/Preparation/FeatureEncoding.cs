using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>The features of an input column and their values before scaling. Fitting and applying both go through here, so they cannot differ.</summary>
internal static class FeatureEncoding
{
    /// <summary>The features that an input becomes, not scaled yet.</summary>
    public static IEnumerable<FeatureColumn> Columns(InputColumn input, int index)
    {
        if (input.Kind == InputKind.Category)
        {
            foreach (var category in input.Categories)
                yield return Unscaled($"{input.Name}={category}", index, PreparedRole.Category, category);
            yield break;
        }

        yield return Unscaled(input.Name, index, PreparedRole.Value);
        if (input.HasMissingFlag)
            yield return Unscaled($"{input.Name}#missing", index, PreparedRole.Missing);
    }

    /// <summary>The values of a feature, not scaled, for some rows of the table's column.</summary>
    public static double[] Values(FeatureColumn feature, InputColumn input, Column column, IReadOnlyList<int> rows)
    {
        var values = new double[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = Value(feature, input, column, rows[i]);
        return values;
    }

    private static double Value(FeatureColumn feature, InputColumn input, Column column, int row) => feature.Role switch
    {
        PreparedRole.Category => string.Equals(Cells.Category(column, row), feature.Category, StringComparison.Ordinal) ? 1 : 0,
        PreparedRole.Missing => column.IsMissing(row) ? 1 : 0,
        _ => Cells.Number(column, row) is var number && double.IsNaN(number) ? input.Median ?? 0 : number,
    };

    private static FeatureColumn Unscaled(string name, int input, PreparedRole role, string? category = null) =>
        new() { Name = name, Input = input, Role = role, Category = category, Mean = 0, Scale = 1 };
}
