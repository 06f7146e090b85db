using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>The sentence about a column that a table does not have.</summary>
internal static class MissingColumn
{
    public static string Sentence(Table table, string role, string name)
    {
        var nearest = ColumnNames.Nearest(name, table.Columns.Select(column => column.Name)).Select(other => $"'{other}'").ToList();
        var hint = nearest.Count == 0 ? "it has no columns at all" : $"the nearest are {string.Join(", ", nearest)}";
        return $"The table has no column '{name}' (named as {role}); {hint}: correct the name or add the column.";
    }
}
