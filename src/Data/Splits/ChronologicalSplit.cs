namespace MacroCausal.Data.Splits;

/// <summary>
/// Which rows, in date order, train, validate and test. The past trains, the future judges; rows of the embargo lie between and serve
/// nobody.
/// </summary>
public sealed record ChronologicalSplit(RowRange Train, RowRange Validation, RowRange Test)
{
    /// <summary>Splits some rows.</summary>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="trainFraction">Share that trains, rounded down.</param>
    /// <param name="testFraction">Share that is held out at the end, rounded down.</param>
    /// <param name="embargo">Rows left out before the validation rows and before the test rows.</param>
    public static ChronologicalSplit Of(int rows, double trainFraction, double testFraction = 0, int embargo = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(embargo);
        var trainEnd = Share(rows, trainFraction);
        var validationStart = Clamp((long)trainEnd + embargo, rows);
        var testStart = Math.Max(rows - Share(rows, testFraction), validationStart);
        var validationEnd = testStart == rows ? rows : Clamp((long)testStart - embargo, rows);
        return new ChronologicalSplit(
            new RowRange(0, trainEnd), RowRange.Between(validationStart, validationEnd), RowRange.Between(testStart, rows));
    }

    // 0.29 * 100 is a hair below 29; the hair is added back.
    private static int Share(int rows, double fraction) => (int)Math.Clamp(Math.Floor((rows * fraction) + 1e-9), 0, rows);

    private static int Clamp(long row, int rows) => (int)Math.Clamp(row, 0, rows);
}

/// <summary>Consecutive rows.</summary>
public readonly record struct RowRange(int Start, int Count)
{
    /// <summary>The row after the last.</summary>
    public int End => Start + Count;

    /// <summary>A range from its two ends; empty where they cross.</summary>
    public static RowRange Between(int start, int end) => new(start, Math.Max(0, end - start));
}
