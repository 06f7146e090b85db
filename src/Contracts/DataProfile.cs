namespace MacroCausal.Contracts;

/// <summary>
/// What DataPrep found in a gold table, small enough for a message; <see cref="DataManifest.Profile"/> names every column.
/// </summary>
public sealed record DataProfile
{
    /// <summary>Rows in the table.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows dropped because they have no target.</summary>
    public required int RowsWithoutTarget { get; init; }

    /// <summary>Columns in the table, features or not.</summary>
    public required int Columns { get; init; }

    /// <summary>Columns that became features.</summary>
    public required int ColumnsKept { get; init; }

    /// <summary>Columns that did not, with the reason; the first 50.</summary>
    public required IReadOnlyList<DroppedColumn> Dropped { get; init; }

    /// <summary>Number of columns that did not become features.</summary>
    public required int ColumnsDropped { get; init; }

    /// <summary>Share of missing cells in the kept columns, 0 to 1; infinities count as missing.</summary>
    public required double MissingShare { get; init; }

    /// <summary>Mean of the target over the rows kept, in its own unit.</summary>
    public required double TargetMean { get; init; }

    /// <summary>Variance of the target over the rows kept, in its unit, squared.</summary>
    public required double TargetVariance { get; init; }

    /// <summary>One sentence: where time comes from, how often rows come, and whether they were sorted.</summary>
    public string? Time { get; init; }

    /// <summary>One line: which temporal features were taken, and what was tried; null where none were asked for.</summary>
    public string? Temporal { get; init; }

    /// <summary>One line: whether numbers are clipped, and what was tried; null where nothing was to decide.</summary>
    public string? Clipping { get; init; }

    /// <summary>One line: whether the networks learn what a baseline leaves, and how little that is; null where not asked for.</summary>
    public string? Residual { get; init; }

    /// <summary>What is odd about the table but usable, a sentence each with its remedy; the gravest first, at most 20.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Dates of the training rows.</summary>
    public DateRange? TrainDates { get; init; }

    /// <summary>Dates of the validation rows.</summary>
    public DateRange? ValidationDates { get; init; }

    /// <summary>Dates of the test rows.</summary>
    public DateRange? TestDates { get; init; }
}

/// <summary>A column that is not a feature.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record DroppedColumn(string Name, string Reason);

/// <summary>First and last date of a split, both included.</summary>
/// <param name="First">The earliest.</param>
/// <param name="Last">The latest.</param>
public sealed record DateRange(DateTimeOffset First, DateTimeOffset Last);
