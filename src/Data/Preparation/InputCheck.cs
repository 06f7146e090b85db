using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>Whether a table has what a fitted preparation reads.</summary>
internal static class InputCheck
{
    /// <summary>Throws with every missing or changed column at once. A column without any value will do for any kind.</summary>
    public static void ThrowUnlessUsable(Table table, IReadOnlyList<InputColumn> inputs)
    {
        var reasons = inputs.Select(input => Reason(table, input)).OfType<string>().ToList();
        if (reasons.Count > 0)
            throw new DataRejectedException(reasons);
    }

    private static string? Reason(Table table, InputColumn input) => table.Find(input.Name) switch
    {
        null => MissingColumn.Sentence(table, "feature", input.Name),
        var column when Fits(input.Kind, column) || (column is not UnsupportedColumn && Cells.AllMissing(column, Enumerable.Range(0, column.Count))) => null,
        var column => $"Column '{input.Name}' holds {column.Type}, but the model was trained on it as {Noun(input.Kind)}; convert it.",
    };

    private static bool Fits(InputKind kind, Column column) => kind == InputKind.Category
        ? column is TextColumn or NumberColumn or BooleanColumn
        : column is NumberColumn or BooleanColumn;

    private static string Noun(InputKind kind) => kind switch
    {
        InputKind.Boolean => "truth values",
        InputKind.Category => "categories",
        _ => "numbers",
    };
}
