using MacroCausal.Reporting.Documents;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Dashboard.Studies;

/// <summary>What stands above a study's figures.</summary>
public sealed record StudyPage
{
    /// <summary>What the list says of it.</summary>
    public required StudyRow Row { get; init; }

    /// <summary>One line: what it predicts, from which data.</summary>
    public required string Subtitle { get; init; }

    /// <summary>The verdict in words; null where there is none.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why it failed, a sentence each; none where it did not.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>When it may end at the pace so far, UTC; null where it is over, or nothing can be said yet.</summary>
    public DateTimeOffset? ExpectedEnd { get; init; }

    /// <summary>The study whose walk-forward it is a fold of; null where it is none.</summary>
    public string? FoldOf { get; init; }

    /// <summary>Whether it may be asked to end.</summary>
    public bool CanCancel => !Row.IsOver && FoldOf is null;

    /// <summary>Whether it has a report.</summary>
    public bool HasReport => Row.IsOver && FoldOf is null;

    /// <summary>Whether it may be deleted.</summary>
    public bool CanDelete => Row.IsOver && FoldOf is null;
}

/// <summary>When a study may be over.</summary>
internal static class ExpectedEnd
{
    // The first trials say little of the pace: they begin together.
    private const int MinTrialsDone = 3;

    /// <summary>
    /// The end at the pace so far: as long as the trials that are done took until the last report, of the study and of the folds of its
    /// walk-forward, and in proportion the trials that are left. Null for a study that is over, that has fewer than three trials done, or
    /// whose folds and trials are all done.
    /// </summary>
    public static DateTimeOffset? Of(StudyRow row)
    {
        var started = row.Summary.StartedAt;
        if (row.IsOver || row.LastReportAt is not { } last || row.Summary.TrialsAsked is not { } asked) return null;
        var done = (row.Summary.TrialsDone ?? 0) + row.Folds.Sum(fold => fold.Summary.TrialsDone ?? 0);
        var left = (asked * (1 + row.FoldsAsked)) - done;
        return done < MinTrialsDone || left <= 0 || last <= started ? null : last + ((last - started) * ((double)left / done));
    }
}

/// <summary>The trials that are trained just now, and by whom.</summary>
internal static class RunningSection
{
    public static Section? Of(StudyRecord record, IReadOnlyList<TrialRecord> trials, IReadOnlyList<EpochRecord> epochs)
    {
        if (record.IsOver) return null;
        var running = trials.Where(trial => trial.Status == TrialStatus.Running).ToList();
        var reports = epochs.ToLookup(epoch => epoch.Trial);
        var last = running.ConvertAll(trial => reports[trial.Trial].LastOrDefault());
        var runners = last.OfType<EpochRecord>().Select(report => report.Runner).Distinct().Count();
        return new Section
        {
            Id = "running",
            Title = "Running now",
            Figures =
            [
                new Figure
                {
                    Id = "running-trials",
                    Title = "Trials that run or wait for a runner",
                    Sentence = running.Count == 0
                        ? "No trial runs now."
                        : Invariant($"{running.Count} {(running.Count == 1 ? "trial runs or waits" : "trials run or wait")}; ")
                            + Invariant($"{runners} {(runners == 1 ? "runner has" : "runners have")} reported of them."),
                    Data = new DataTable("running",
                        new Numbers("trial", "trial", running.Select(trial => (double)trial.Trial)),
                        new Numbers("epoch", "epoch", last.Select((report, index) => (double)(report?.Epoch ?? running[index].Epoch))),
                        new Numbers("to_epoch", "to milestone", running.Select(trial => (double)trial.ToEpoch)),
                        new Numbers("loss", "validation loss", last.Select(report => report?.Metrics.ValidationLoss)),
                        new Texts("runner", "runner", last.Select(report => report?.Runner)),
                        new Texts("reported", "last report (UTC)", last.Select(report => report?.RecordedAt.UtcDateTime
                            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)))),
                },
            ],
        };
    }
}

/// <summary>The folds of a study's walk-forward.</summary>
internal static class FoldSection
{
    public static Section? Of(StudyRow row) => row.FoldsAsked == 0 ? null : new Section
    {
        Id = "folds",
        Title = "Walk-forward",
        Figures =
        [
            new Figure
            {
                Id = "fold-table",
                Title = "Folds",
                Sentence = Invariant($"{row.Folds.Count(fold => fold.Summary.State == "Completed")} of {row.FoldsAsked} folds are done; ")
                    + "each is a study of its own on the rows before a block, which it then forecasts.",
                Data = new DataTable("folds",
                    new Numbers("fold", "fold", row.Folds.Select(fold => (double)fold.Number)),
                    new Texts("state", "state", row.Folds.Select(fold => fold.Summary.State)),
                    new Numbers("done", "trials done", row.Folds.Select(fold => (double?)fold.Summary.TrialsDone)),
                    new Numbers("asked", "trials asked for", row.Folds.Select(fold => (double?)fold.Summary.TrialsAsked)),
                    new Numbers("best", "lowest validation loss", row.Folds.Select(fold => fold.Summary.BestLoss))),
            },
        ],
    };
}
