using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>What a table lacks of what a model reads, and so had to be made up when it was prepared.</summary>
public sealed record InputReport
{
    private const int MaxNamed = 5;

    /// <summary>Rows of the table.</summary>
    public required int Rows { get; init; }

    /// <summary>Input columns without a value in any row.</summary>
    public required IReadOnlyList<string> EmptyColumns { get; init; }

    /// <summary>Rows that lack a value in an input column other than <see cref="EmptyColumns"/>.</summary>
    public required int RowsWithMissing { get; init; }

    /// <summary>Input columns with categories that no training row had.</summary>
    public required IReadOnlyList<UnseenCategories> Unseen { get; init; }

    /// <summary>Rows for which a temporal column has no value, because the rows before them, or values there, are missing.</summary>
    public int RowsWithoutHistory { get; init; }

    /// <summary>Earlier rows that the temporal columns read; 0 where there are none.</summary>
    public int Reach { get; init; }

    /// <summary>Inspects a table that a fitted preprocessor can transform, a column at a time.</summary>
    public static InputReport Of(Table table, FittedPreprocessor fitted)
    {
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        var lacksValue = new bool[table.Rows];
        var (empty, unseen) = (new List<string>(), new List<UnseenCategories>());
        foreach (var input in fitted.Inputs.Where(input => fitted.TemporalOf(input) is null))
        {
            var column = table.Find(input.Name)!;
            if (Cells.AllMissing(column, rows))
            {
                empty.Add(input.Name);
                continue;
            }

            foreach (var row in rows.Where(column.IsMissing))
            {
                lacksValue[row] = true;
            }

            if (input.Kind == InputKind.Category && UnseenCategories.Of(input, column, rows) is { } categories) unseen.Add(categories);
        }

        return new InputReport
        {
            Rows = table.Rows,
            EmptyColumns = empty,
            RowsWithMissing = lacksValue.Count(lacks => lacks),
            Unseen = unseen,
            RowsWithoutHistory = WithoutHistory(table, fitted),
            Reach = fitted.Temporal?.Max(column => column.Reach) ?? 0,
        };
    }

    private static int WithoutHistory(Table table, FittedPreprocessor fitted)
    {
        if (fitted.Temporal is null) return 0;
        var whole = fitted.WithTemporal(table);
        var columns = fitted.Temporal.Select(column => whole.Find(column.Name)!).ToList();
        return Enumerable.Range(0, table.Rows).Count(row => columns.Exists(column => column.IsMissing(row)));
    }

    /// <summary>A sentence for each kind of gap; none where the table has everything.</summary>
    public IEnumerable<string> Warnings()
    {
        if (EmptyColumns.Count > 0)
        {
            yield return Invariant($"{EmptyColumns.Count} of the model's columns have no value in any row ({Named(EmptyColumns)}); ")
                + "the medians of the training rows took their place.";
        }

        if (RowsWithMissing > 0)
        {
            yield return Invariant($"{RowsWithMissing} of {Rows} rows lack a value in some column; ")
                + "the medians of the training rows took its place, and a missing category counts as none.";
        }

        if (RowsWithoutHistory > 0)
        {
            yield return Invariant($"{RowsWithoutHistory} of {Rows} rows lack some of the history that the model reads: {Reach} rows ")
                + "before a row, their targets included; the medians of the training rows took its place. Put earlier rows into the table.";
        }

        foreach (var unseen in Unseen)
        {
            yield return Invariant($"'{unseen.Column}' has a category in {unseen.Rows} of {Rows} rows that no training row had ")
                + $"({Named(unseen.Categories)}); there it counts as none.";
        }
    }

    private static string Named(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MaxNamed).Select(name => $"'{name}'"))
        + (names.Count > MaxNamed ? Invariant($" and {names.Count - MaxNamed} more") : "");
}

/// <summary>Categories of a column that no training row had, and the number of rows that have one.</summary>
public sealed record UnseenCategories(string Column, int Rows, IReadOnlyList<string> Categories)
{
    internal static UnseenCategories? Of(InputColumn input, Column column, IReadOnlyList<int> rows)
    {
        // Where one feature stands for all others, it is not kept which of them the training rows had.
        if (input.HasOther) return null;
        var known = input.Categories.ToHashSet(StringComparer.Ordinal);
        var unseen = rows.Select(row => Cells.Category(column, row)).OfType<string>().Where(category => !known.Contains(category)).ToList();
        return unseen.Count == 0 ? null : new UnseenCategories(input.Name, unseen.Count, [.. unseen.Distinct(StringComparer.Ordinal)]);
    }
}
