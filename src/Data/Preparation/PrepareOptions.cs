using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>What a table's columns are for, and how its rows are split; the fields of <see cref="PrepareData"/>.</summary>
public sealed record PrepareOptions
{
    /// <summary>Column to predict. Default <c>target</c>.</summary>
    public string Target { get; init; } = "target";

    /// <summary>
    /// Column that orders the rows. Default: <c>date</c>, else the only column that can date the rows; a table without one keeps its order.
    /// </summary>
    public string? DateColumn { get; init; }

    /// <summary>
    /// How its dates are written: a name of <see cref="Tables.DateFormat.All"/> or a pattern. Default: as the values tell.
    /// </summary>
    public string? DateFormat { get; init; }

    /// <summary>Whether file order is taken as time, whatever columns there are. Default false.</summary>
    public bool NoDate { get; init; }

    /// <summary>Columns that are not features. Default none.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; init; } = [];

    /// <summary>Number columns that hold categories. Default none.</summary>
    public IReadOnlyList<string> CategoryColumns { get; init; } = [];

    /// <summary>Columns that together name the series a row belongs to. Default none: the table is one series.</summary>
    public IReadOnlyList<string> GroupColumns { get; init; } = [];

    /// <summary>Rows from a row to the one whose value its target is, 1 or more. Default 1.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>
    /// Rows by which the target is brought forward, within its group. Default 0: it is taken as it stands.
    /// </summary>
    public int Ahead { get; init; }

    /// <summary>Features made of a row's history and date: one of <see cref="TemporalFeatures.Names"/>. Default none.</summary>
    public string TemporalFeatures { get; init; } = Contracts.TemporalFeatures.None;

    /// <summary>Standard deviations from its training mean beyond which a number is clipped, 0 for never. Default 0.</summary>
    public double Clip { get; init; }

    /// <summary>Of which baseline the networks learn what it leaves: one of <see cref="ResidualBaselines.Names"/>. Default none.</summary>
    public string ResidualOf { get; init; } = ResidualBaselines.None;

    /// <summary>Share of the rows to train on, first in date order; above 0, below 1. Default 0.8.</summary>
    public double TrainFraction { get; init; } = 0.8;

    /// <summary>Share of the rows held out as test, last in date order; 0 to below 1. Default 0.</summary>
    public double TestFraction { get; init; }

    /// <summary>Rows, or dates where the table has dates, left out between two splits, 0 or more. Default 0.</summary>
    public int EmbargoRows { get; init; }

    /// <summary>Minimum number of training rows: the smallest batch of the search space. Default 2.</summary>
    public int MinimumTrainRows { get; init; } = 2;

    /// <summary>The fold of a walk-forward to prepare, see <see cref="ChronologicalSplit.OfFold"/>. Default none.</summary>
    public WalkForwardFold? Fold { get; init; }
}

/// <summary>A table cannot be used as it was asked for. <see cref="Reasons"/> holds every reason at once, one sentence each.</summary>
public sealed class DataRejectedException(IReadOnlyList<string> reasons) : Exception(PrintableText.Of(string.Join(' ', reasons)))
{
    public IReadOnlyList<string> Reasons { get; } = [.. reasons.Select(PrintableText.Of)];
}

/// <summary>Reasons against what was asked for: columns that are not there, splits that leave too little.</summary>
internal static class OptionCheck
{
    public static void Columns(Table table, PrepareOptions options, List<string> reasons)
    {
        reasons.AddRange(Missing(table, "ignored", options.IgnoredColumns));
        reasons.AddRange(Missing(table, "category", options.CategoryColumns));
        if (options.Ahead < 0) reasons.Add(Invariant($"The target cannot be {options.Ahead} rows ahead; use 0 or more (ahead)."));
    }

    /// <summary>Whether fractions and embargo make sense at all.</summary>
    public static bool Fractions(PrepareOptions options, List<string> reasons)
    {
        var before = reasons.Count;
        if (options.TrainFraction is not (> 0 and < 1))
        {
            reasons.Add(Invariant($"The train fraction {options.TrainFraction} is not between 0 and 1; use 0.8, for instance."));
        }

        if (options.TestFraction is not (>= 0 and < 1))
        {
            reasons.Add(Invariant(
                $"The test fraction {options.TestFraction} is not from 0 to below 1; use 0.1, for instance, or 0 for no test rows."));
        }

        if (options.EmbargoRows < 0)
        {
            reasons.Add(Invariant($"An embargo of {options.EmbargoRows} rows is negative; use 0 or more."));
        }

        if (!(options.Clip >= 0))
        {
            reasons.Add(Invariant($"A clip at {options.Clip} standard deviations is no such number; use 3, for instance, or 0 for none."));
        }

        if (options.Horizon < 1)
        {
            reasons.Add(Invariant($"A horizon of {options.Horizon} rows is less than 1; use 1 or more."));
        }

        return reasons.Count == before;
    }

    public static void Splits(
        ChronologicalSplit split, DateTimeOffset[]? dates, int rows, PrepareOptions options, List<string> reasons)
    {
        if (rows > 1 && dates is not null && dates[0] == dates[^1])
        {
            reasons.Add(
                Invariant($"All {rows} rows have the date {dates[0]:yyyy-MM-dd}, so no cut in time leaves rows on both sides; ")
                + "name another column with --date (dateColumn), or keep the file's order with --no-date (noDate).");
            return;
        }

        var asked = (options.Fold is { } part ? Invariant($"fold {part.Number} of {part.Folds}, ") : "")
            + Invariant($"{rows} usable rows, train fraction {options.TrainFraction}, test fraction {options.TestFraction}, ")
            + Invariant($"embargo {options.EmbargoRows}") + (options.Horizon > 1 ? Invariant($", horizon {options.Horizon}") : "");
        var needed = Math.Max(1, options.MinimumTrainRows);
        if (split.Train.Count < needed)
        {
            reasons.Add(
                Invariant($"Only {split.Train.Count} training rows where {needed} are needed, the smallest batch ({asked}); ")
                + "add rows, train on more or search smaller batches.");
        }

        if (split.Validation.Count == 0)
        {
            reasons.Add($"No validation row is left ({asked}); add rows, or lower the train fraction, the test fraction, the embargo or "
                + "the horizon.");
        }

        if (options.Fold is { } fold)
        {
            if (split.Test.Count == 0)
            {
                reasons.Add(Invariant($"The validation rows are too few for a walk-forward of {fold.Folds} folds ({asked}); ")
                    + "use fewer folds (--walk-forward, walkForward), or add rows.");
            }
        }
        else if (options.TestFraction > 0 && split.Test.Count == 0)
        {
            reasons.Add($"No test row is left ({asked}); add rows, raise the test fraction or set it to 0, or lower the embargo.");
        }
    }

    private static IEnumerable<string> Missing(Table table, string role, IReadOnlyList<string> names) =>
        names.Where(name => table.Find(name) is null).Distinct(StringComparer.Ordinal)
            .Select(name => MissingColumn.Sentence(table, role, name));
}

/// <summary>The sentence about a column that a table does not have.</summary>
internal static class MissingColumn
{
    public static string Sentence(Table table, string role, string name)
    {
        var nearest = Spelling.Nearest(name, table.Columns.Select(column => column.Name)).Select(other => $"'{other}'").ToList();
        var hint = nearest.Count == 0 ? "it has no columns at all" : $"the nearest are {string.Join(", ", nearest)}";
        return $"The table has no column '{name}' (named as {role}); {hint}: correct the name or add the column.";
    }
}
