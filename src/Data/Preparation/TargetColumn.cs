using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>What can be predicted: a column of numbers or truth values.</summary>
internal static class TargetColumn
{
    public static bool IsUsable(Table table, string name) => table.Find(name) is NumberColumn or BooleanColumn;

    public static void Check(Table table, string name, List<string> reasons)
    {
        if (table.Find(name) is not { } column)
            reasons.Add(MissingColumn.Sentence(table, "target", name));
        else if (!IsUsable(table, name))
            reasons.Add($"The target '{name}' holds {column.Type}, not numbers; convert it or name another target.");
    }
}
