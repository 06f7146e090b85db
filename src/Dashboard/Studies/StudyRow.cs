using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Dashboard.Studies;

/// <summary>A study in the list.</summary>
public sealed record StudyRow
{
    // More points than a line of this width shows.
    private const int MaxPoints = 60;

    /// <summary>What <c>studies list</c> says of it.</summary>
    public required StudySummary Summary { get; init; }

    /// <summary>Whether it is completed, failed or cancelled.</summary>
    public required bool IsOver { get; init; }

    /// <summary>When it ended, UTC; null where it is not over or that is not known.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When its last epoch was recorded, UTC; null where there is none.</summary>
    public DateTimeOffset? LastReportAt { get; init; }

    /// <summary>The lowest loss so far as its trials ended, in that order, at most 60 of them; the last one is the lowest of all.</summary>
    public IReadOnlyList<double> BestSoFar { get; init; } = [];

    /// <summary>The folds of its walk-forward that have begun, by number.</summary>
    public IReadOnlyList<FoldRow> Folds { get; init; } = [];

    /// <summary>Folds that were asked for.</summary>
    public int FoldsAsked { get; init; }

    /// <summary>The row of a study.</summary>
    /// <param name="seen">The study.</param>
    /// <param name="folds">Its folds, in any order.</param>
    internal static StudyRow Of(SeenStudy seen, IEnumerable<SeenStudy> folds) => new()
    {
        Summary = seen.Summary,
        IsOver = seen.Record.IsOver,
        EndedAt = seen.Record.IsOver ? EndOf(seen) : null,
        LastReportAt = seen.LastReportAt,
        BestSoFar = Thinned(seen.BestSoFar),
        Folds = [.. folds.Select(FoldRow.Of).OrderBy(fold => fold.Number)],
        FoldsAsked = seen.Study?.Settings.WalkForward ?? 0,
    };

    private static DateTimeOffset? EndOf(SeenStudy seen) => seen.Study switch
    {
        { Completed: { } completed } study => study.StartedAt.AddSeconds(completed.Seconds),
        { Cancelled: { } cancelled } => cancelled.At,
        _ => seen.LastReportAt,
    };

    private static IReadOnlyList<double> Thinned(IReadOnlyList<double> values) => values.Count <= MaxPoints
        ? values
        : [.. Enumerable.Range(0, MaxPoints).Select(point => values[(int)((long)point * (values.Count - 1) / (MaxPoints - 1))])];
}

/// <summary>A fold of a study's walk-forward.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Summary">What is known of it.</param>
public sealed record FoldRow(int Number, StudySummary Summary)
{
    internal static FoldRow Of(SeenStudy fold) => new(fold.Study?.Settings.Fold?.Number ?? 0, fold.Summary);
}

/// <summary>What the list needs of a study: a fold of its records, without them.</summary>
/// <param name="Record">Its record.</param>
/// <param name="Study">What that holds; null where this version cannot read it.</param>
/// <param name="Summary">The study in a line.</param>
/// <param name="BestSoFar">The lowest loss so far as its trials ended.</param>
/// <param name="LastReportAt">When its last epoch was recorded, UTC.</param>
internal sealed record SeenStudy(
    StudyRecord Record, StudyInstance? Study, StudySummary Summary, IReadOnlyList<double> BestSoFar, DateTimeOffset? LastReportAt);
