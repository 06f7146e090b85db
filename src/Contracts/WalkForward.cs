using System.Globalization;

namespace MacroCausal.Contracts;

/// <summary>
/// One fold of a study's walk-forward: a whole study of its own on the rows before a block of the validation rows, which then forecasts
/// that block. Its execution id is <c>{execution_id}/walk-forward/{number}</c>, an id that nobody can give to a study.
/// </summary>
/// <param name="Study">Execution id of the study that is judged by it.</param>
/// <param name="Number">Number of the fold in date order, 1 to <paramref name="Folds"/>.</param>
/// <param name="Folds">Number of folds.</param>
public sealed record WalkForwardFold(string Study, int Number, int Folds)
{
    private const string Separator = "/walk-forward/";

    /// <summary>Execution id of the fold's own study.</summary>
    public string ToExecutionId() => Study + Separator + Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether an execution id is that of a fold.</summary>
    public static bool IsFoldId(string executionId) => executionId.Contains(Separator, StringComparison.Ordinal);

    /// <summary>The study that is judged by the fold with that execution id; null where the id is not that of a fold.</summary>
    public static string? StudyOf(string executionId) =>
        executionId.LastIndexOf(Separator, StringComparison.Ordinal) is > 0 and var end
        && int.TryParse(executionId.AsSpan(end + Separator.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? executionId[..end]
            : null;

    /// <summary>The folds of a study.</summary>
    /// <param name="executionId">The study.</param>
    /// <param name="folds">Number of folds, 0 or more.</param>
    public static IEnumerable<WalkForwardFold> Of(string executionId, int folds) =>
        Enumerable.Range(1, folds).Select(number => new WalkForwardFold(executionId, number, folds));
}

/// <summary>What a fold came to: forecasts of its block, or the reasons why there are none.</summary>
public sealed record FoldResult
{
    /// <summary>Number of the fold, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>
    /// Forecasts of the fold's own validation rows (<c>split</c> validation) and of its block (test), with the columns of
    /// <c>predictions.parquet</c>; null where it failed.
    /// </summary>
    public ObjectReference? Forecasts { get; init; }

    /// <summary>Why it failed, one sentence each; empty where it did not.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}

/// <summary>A fold's model has forecast its block. Published by the Registry, instead of <see cref="ModelRegistered"/>.</summary>
public sealed record FoldForecast
{
    /// <summary>The fold's own study, <see cref="WalkForwardFold.ToExecutionId"/>.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The forecasts, as <see cref="FoldResult.Forecasts"/> has them.</summary>
    public required ObjectReference Forecasts { get; init; }
}

/// <summary>
/// A fold of a walk-forward is over. Published by the Tuner instead of <see cref="TrainingCompleted"/> and <see cref="TrainingFailed"/>.
/// </summary>
public sealed record FoldEnded
{
    /// <summary>The study that is judged by the walk-forward.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>What the fold came to.</summary>
    public required FoldResult Fold { get; init; }
}

/// <summary>
/// The pooled forecasts of a walk-forward: each block of the validation rows is forecast by a study, and by baselines, that saw only rows
/// before it. Losses are mean squared errors in the target's unit, squared.
/// </summary>
public sealed record WalkForwardFigures
{
    /// <summary>Number of rows of all blocks.</summary>
    public required int Rows { get; init; }

    /// <summary>Their dates.</summary>
    public DateRange? Dates { get; init; }

    /// <summary>Loss of the folds' models.</summary>
    public required double Loss { get; init; }

    /// <summary>Loss of every baseline by name, fitted at each origin on all rows before it.</summary>
    public required IReadOnlyDictionary<string, double> Baselines { get; init; }

    /// <summary>Name of the baseline with the lowest loss on these rows.</summary>
    public required string BestBaseline { get; init; }

    /// <summary>Loss less that of <see cref="BestBaseline"/>; below 0 the models are better.</summary>
    public required double Difference { get; init; }

    /// <summary>Its 95 % interval; null for fewer than 20 rows.</summary>
    public Interval? DifferenceInterval { get; init; }

    /// <summary>Two-sided p-value of the Diebold-Mariano test that both are equally good, 0 to 1; null for fewer than 20 rows.</summary>
    public double? PValue { get; init; }

    /// <summary>How many rows lie within the folds' intervals; null where a fold has too few rows to make them from.</summary>
    public CoverageFigures? Intervals { get; init; }

    /// <summary>The blocks, in date order.</summary>
    public required IReadOnlyList<FoldFigures> Folds { get; init; }
}

/// <summary>A block of a walk-forward. Losses are mean squared errors in the target's unit, squared.</summary>
public sealed record FoldFigures
{
    /// <summary>Number of the fold, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Their dates.</summary>
    public DateRange? Dates { get; init; }

    /// <summary>Loss of the fold's model.</summary>
    public required double Loss { get; init; }

    /// <summary>Loss of the baseline that is best on the rows of all blocks.</summary>
    public required double BaselineLoss { get; init; }
}

/// <summary>The share of a walk-forward's rows that lie within conformal intervals; each fold makes them from its own residuals.</summary>
public sealed record CoverageFigures
{
    /// <summary>The share that is asked for, 0 to 1.</summary>
    public required double Level { get; init; }

    /// <summary>The share seen, 0 to 1.</summary>
    public required double Plain { get; init; }

    /// <summary>The share seen where every row that missed widens, and every other narrows, the intervals that come after it.</summary>
    public required double Adaptive { get; init; }

    /// <summary><see cref="Plain"/> by year; null for rows without dates.</summary>
    public IReadOnlyDictionary<string, double>? PlainByYear { get; init; }
}
