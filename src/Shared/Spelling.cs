namespace MacroCausal.Shared;

/// <summary>Which known names a mistyped one may have meant.</summary>
internal static class Spelling
{
    /// <summary>The few names nearest to a mistyped one, by edit distance without regard to case.</summary>
    public static IReadOnlyList<string> Nearest(string name, IEnumerable<string> names, int count = 3) =>
        [.. names.OrderBy(other => Distance(name, other)).ThenBy(other => other, StringComparer.Ordinal).Take(count)];

    /// <summary>The nearest name where it is so near that it was probably meant; else null.</summary>
    public static string? Meant(string name, IEnumerable<string> names) =>
        Nearest(name, names, 1).FirstOrDefault(other => Distance(name, other) <= Math.Max(2, name.Length / 3));

    /// <summary>A question that names the one that was probably meant; empty where there is none.</summary>
    public static string Question(string name, IEnumerable<string> names) =>
        Meant(name, names) is { } meant ? $"; did you mean '{meant}'?" : ".";

    // Levenshtein's distance, one row of the matrix at a time.
    private static int Distance(string left, string right)
    {
        var (a, b) = (left.ToUpperInvariant(), right.ToUpperInvariant());
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
