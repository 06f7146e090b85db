namespace MacroCausal.Data.Tables;

/// <summary>What is asked of names: that they differ, and which ones a mistyped name may have meant.</summary>
internal static class ColumnNames
{
    public static void ThrowIfRepeated(IEnumerable<string> names, string table)
    {
        var repeated = names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"'{group.Key}'").ToList();
        if (repeated.Count > 0)
            throw new TableException($"{table} has more than one column named {string.Join(", ", repeated)}; rename or drop the repeated ones.");
    }

    /// <summary>The few names nearest to a mistyped one, by edit distance without regard to case.</summary>
    public static IReadOnlyList<string> Nearest(string name, IEnumerable<string> names, int count = 3) =>
        [.. names.OrderBy(other => Distance(name.ToUpperInvariant(), other.ToUpperInvariant())).ThenBy(other => other, StringComparer.Ordinal).Take(count)];

    // Levenshtein's distance, one row of the matrix at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
