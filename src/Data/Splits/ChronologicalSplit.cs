using MacroCausal.Data.Preparation;

namespace MacroCausal.Data.Splits;

/// <summary>
/// Which rows, in date order, train, validate and test. The past trains, the future judges; rows of the embargo lie between and serve
/// nobody, nor do those whose target lies beyond the split that they would be in. Rows of one date are never on two sides of a cut.
/// </summary>
public sealed record ChronologicalSplit(RowRange Train, RowRange Validation, RowRange Test)
{
    /// <summary>Splits some rows.</summary>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="trainFraction">
    /// Share that trains, rounded down; to whole dates where there are dates, but to one date at least.
    /// </param>
    /// <param name="testFraction">Share that is held out at the end, rounded as the training rows are.</param>
    /// <param name="embargo">Dates (rows where there are none) left out before the validation rows and before the test rows.</param>
    /// <param name="purge">
    /// Dates (rows) left out at the end of training and, where there are test rows, of validation, because their targets lie beyond the
    /// cut: the horizon less one.
    /// </param>
    /// <param name="dates">Dates of the rows, ascending; null where the order is all that is known.</param>
    public static ChronologicalSplit Of(
        int rows, double trainFraction, double testFraction = 0, int embargo = 0, int purge = 0, DateTimeOffset[]? dates = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(embargo);
        ArgumentOutOfRangeException.ThrowIfNegative(purge);
        if (dates is not null) ArgumentOutOfRangeException.ThrowIfNotEqual(dates.Length, rows, nameof(dates));
        var starts = Starts(rows, dates); // of dates, or of rows, and the end
        var end = starts.Length - 1;
        var cut = WholeDates(starts, Share(rows, trainFraction));
        var validationStart = Clamp((long)cut + embargo, end);
        var testStart = Math.Max(end - WholeDatesFromEnd(starts, Share(rows, testFraction)), validationStart);
        var validationEnd = testStart == end ? end : Clamp((long)testStart - embargo - purge, end);
        return new ChronologicalSplit(
            new RowRange(0, starts[Clamp((long)cut - purge, end)]),
            RowRange.Between(starts[validationStart], starts[validationEnd]),
            RowRange.Between(starts[testStart], rows));
    }

    /// <summary>
    /// The split of a fold of a walk-forward over these validation rows: their dates are cut into equal blocks, the fold's block is its
    /// test rows, and the rows before it train and validate in the proportion of this split's fractions. Empty ranges where there are fewer
    /// dates than blocks.
    /// </summary>
    /// <param name="rows">Number of all rows.</param>
    /// <param name="fold">The fold.</param>
    /// <param name="options">Fractions, embargo and horizon, as for the whole table.</param>
    /// <param name="dates">Dates of the rows, ascending; null where the order is all that is known.</param>
    public static ChronologicalSplit OfFold(int rows, WalkForwardFold fold, PrepareOptions options, DateTimeOffset[]? dates = null)
    {
        var purge = options.Horizon - 1;
        var whole = Of(rows, options.TrainFraction, options.TestFraction, options.EmbargoRows, purge, dates);
        int[] starts = [.. Starts(rows, dates).Where(start => start >= whole.Validation.Start && start < whole.Validation.End)];
        int Boundary(int number) =>
            (int)((long)starts.Length * number / fold.Folds) is var index && index < starts.Length ? starts[index] : whole.Validation.End;
        var block = RowRange.Between(Boundary(fold.Number - 1), Boundary(fold.Number));
        var before = Starts(block.Start, dates?[..block.Start]);
        var known = before[Clamp(before.Length - 1L - options.EmbargoRows - purge, before.Length - 1)];
        var inner = Of(
            known, options.TrainFraction / (1 - options.TestFraction), 0, options.EmbargoRows, purge, dates?[..known]);
        return inner with { Test = block };
    }

    // 0.29 * 100 is a hair below 29; the hair is added back.
    private static int Share(int rows, double fraction) => (int)Math.Clamp(Math.Floor((rows * fraction) + 1e-9), 0, rows);

    private static int[] Starts(int rows, DateTimeOffset[]? dates) =>
        [.. Enumerable.Range(0, rows).Where(row => dates is null || row == 0 || dates[row] != dates[row - 1]), rows];

    // Dates that lie wholly within the first rows; one where it is asked for any and the first date alone is more than that.
    private static int WholeDates(int[] starts, int rows)
    {
        var index = Array.BinarySearch(starts, rows);
        var whole = index >= 0 ? index : ~index - 1;
        return whole == 0 && rows > 0 ? 1 : whole;
    }

    private static int WholeDatesFromEnd(int[] starts, int rows)
    {
        var index = Array.BinarySearch(starts, starts[^1] - rows);
        var whole = starts.Length - 1 - (index >= 0 ? index : ~index);
        return whole == 0 && rows > 0 ? 1 : whole;
    }

    private static int Clamp(long index, int end) => (int)Math.Clamp(index, 0, end);
}

/// <summary>Consecutive rows.</summary>
public readonly record struct RowRange(int Start, int Count)
{
    /// <summary>The row after the last.</summary>
    public int End => Start + Count;

    /// <summary>A range from its two ends; empty where they cross.</summary>
    public static RowRange Between(int start, int end) => new(start, Math.Max(0, end - start));
}
