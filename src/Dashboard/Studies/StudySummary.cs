using System.Text.Json;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Dashboard.Studies;

/// <summary>A study in a line.</summary>
public sealed record StudySummary
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Name of the state, as the record has it.</summary>
    public required string State { get; init; }

    /// <summary>Whether it was cancelled and not resumed since.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Whether it is paused: it starts nothing until it is resumed.</summary>
    public bool Paused { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Trials that neither run nor wait for a runner; null where that is not known.</summary>
    public int? TrialsDone { get; init; }

    /// <summary>Trials that were asked for; null where that is not known.</summary>
    public int? TrialsAsked { get; init; }

    /// <summary>Lowest validation loss so far, in the target's unit, squared.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The verdict's word.</summary>
    public string? Verdict { get; init; }

    /// <summary>The summary of a record; of one that this version cannot read, what every record says.</summary>
    public static async Task<StudySummary> OfAsync(StudyRecord record, IStudyStore studies, CancellationToken cancellationToken)
    {
        var study = TryRead(record);
        return study is null or { Completed: not null }
            ? Of(record, study, [])
            : Of(record, study, await studies.ListTrialsAsync(record.ExecutionId, cancellationToken).ToListAsync(cancellationToken));
    }

    /// <summary>The summary of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="study">What it holds; null where this version cannot read it.</param>
    /// <param name="trials">The study's trials; not looked at where it is completed.</param>
    public static StudySummary Of(StudyRecord record, StudyInstance? study, IReadOnlyList<TrialRecord> trials)
    {
        ArgumentNullException.ThrowIfNull(record);
        var summary = new StudySummary { ExecutionId = record.ExecutionId, State = record.State, StartedAt = record.StartedAt };
        if (study is null) return summary;

        summary = summary with
        {
            Cancelled = study.Cancelled is not null,
            Paused = study.PausedAt is not null,
            TrialsAsked = study.Settings.Trials,
            Verdict = study.Completed?.Verdict?.Word,
        };
        return study.Completed is { } completed
            ? summary with { TrialsDone = completed.Trials, BestLoss = completed.BestValidationLoss }
            : summary with { TrialsDone = TrialFigures.Done(trials), BestLoss = TrialFigures.Best(trials)?.Loss };
    }

    /// <summary>What a record holds; null where this version cannot read it.</summary>
    internal static StudyInstance? TryRead(StudyRecord record)
    {
        try
        {
            return StudyDocument.Read(record);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
