using System.Globalization;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>Reasons against what was asked for: columns that are not there, splits that leave too little.</summary>
internal static class OptionCheck
{
    public static void Columns(Table table, PrepareOptions options, List<string> reasons)
    {
        reasons.AddRange(Missing(table, "ignored", options.IgnoredColumns));
        reasons.AddRange(Missing(table, "category", options.CategoryColumns));
    }

    /// <summary>Whether fractions and embargo make sense at all.</summary>
    public static bool Shares(PrepareOptions options, List<string> reasons)
    {
        var before = reasons.Count;
        if (options.TrainFraction is not (> 0 and < 1))
            reasons.Add(Invariant($"The train fraction {options.TrainFraction} is not between 0 and 1; use 0.8, for instance."));
        if (options.TestFraction is not (>= 0 and < 1))
            reasons.Add(Invariant($"The test fraction {options.TestFraction} is not from 0 to below 1; use 0.1, for instance, or 0 for no test rows."));
        if (options.EmbargoRows < 0)
            reasons.Add(Invariant($"An embargo of {options.EmbargoRows} rows is negative; use 0 or more."));
        return reasons.Count == before;
    }

    public static void Splits(ChronologicalSplit split, int rows, PrepareOptions options, List<string> reasons)
    {
        var asked = Invariant($"{rows} usable rows, train fraction {options.TrainFraction}, test fraction {options.TestFraction}, embargo {options.EmbargoRows}");
        var needed = Math.Max(1, options.MinimumTrainRows);
        if (split.Train.Count < needed)
            reasons.Add(Invariant($"Only {split.Train.Count} training rows where {needed} are needed, the smallest batch ({asked}); add rows, train on more or search smaller batches."));
        if (split.Validation.Count == 0)
            reasons.Add($"No validation row is left ({asked}); add rows, or lower the train fraction, the test fraction or the embargo.");
        if (options.TestFraction > 0 && split.Test.Count == 0)
            reasons.Add($"No test row is left ({asked}); add rows, raise the test fraction or set it to 0, or lower the embargo.");
    }

    private static IEnumerable<string> Missing(Table table, string role, IReadOnlyList<string> names) =>
        names.Where(name => table.Find(name) is null).Distinct(StringComparer.Ordinal).Select(name => MissingColumn.Sentence(table, role, name));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
