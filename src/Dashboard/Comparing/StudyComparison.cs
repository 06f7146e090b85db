using MacroCausal.Dashboard.Studies;
using MacroCausal.Data.Baselines;
using MacroCausal.Reporting.Documents;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Dashboard.Comparing;

/// <summary>Studies beside each other: what they came to, how they got there, and whether their losses can be compared at all.</summary>
internal static class StudyComparison
{
    /// <param name="studies">Two studies or more, each once.</param>
    public static Report Of(IReadOnlyList<ShownStudy> studies)
    {
        var differences = Differences(studies).ToList();
        return new Report
        {
            Title = Invariant($"{studies.Count} studies"),
            Subtitle = string.Join(" · ", studies.Select(IdOf)),
            Word = differences.Count == 0 ? "comparable" : "not comparable",
            Sections =
            [
                new Section
                {
                    Id = "outcomes",
                    Title = "What they came to",
                    Text = differences.Count == 0
                        ? ["They predict the same values of the same target on as many rows: their losses can be compared."]
                        : ["Their losses cannot be compared:", .. differences],
                    Figures = [Outcomes(studies), Losses(studies)],
                },
                .. Curves(studies) is { } curves ? [curves] : Array.Empty<Section>(),
                new Section { Id = "settings", Title = "How they searched", Figures = [Baselines(studies), Winners(studies)] },
            ],
        };
    }

    /// <summary>Why losses of these studies are of other rows, a sentence each; none where nothing tells them apart.</summary>
    public static IEnumerable<string> Differences(IReadOnlyList<ShownStudy> studies)
    {
        foreach (var study in studies.Where(study => study.Study.Data is null))
        {
            yield return $"The table of {IdOf(study)} is not prepared, so that nothing is known of its rows.";
        }

        var prepared = studies.Where(study => study.Study.Data is not null).ToList();
        (string What, Func<StudyInstance, string> Of)[] facts =
        [
            ("target", study => study.Settings.Target),
            ("distance of the target", study => Invariant($"{study.Settings.Ahead} rows")),
            ("number of training rows", study => Invariant($"{study.Data!.TrainRows}")),
            ("number of validation rows", study => Invariant($"{study.Data!.ValidationRows}")),
        ];
        var found = false;
        foreach (var (what, of) in facts)
        {
            var groups = prepared.ToLookup(study => of(study.Study));
            if (groups.Count < 2) continue;
            found = true;
            yield return $"The {what} differs: "
                + string.Join("; ", groups.Select(group => $"{group.Key} in {string.Join(", ", group.Select(IdOf))}")) + ".";
        }

        // Where the rows are as many, they may still be others.
        var values = prepared.ToLookup(study => ValuesOf(study.Study.Data!));
        if (!found && values.Count > 1)
        {
            yield return "The values of the target differ, so the data or the rows are others: "
                + string.Join("; ", values.Select(group => string.Join(", ", group.Select(IdOf)))) + " stand apart.";
        }
    }

    // Mean and deviation on the rows that train, and the loss of that mean on those that validate.
    private static (double Mean, double Scale, double Loss) ValuesOf(DataManifest data) =>
        (data.TargetMean, data.TargetScale, data.Baselines.GetValueOrDefault(Baseline.Mean));

    private static string IdOf(ShownStudy study) => study.Record.ExecutionId;

    private static Texts Ids(IReadOnlyList<ShownStudy> studies) => new("study", "study", studies.Select(IdOf));

    private static Figure Outcomes(IReadOnlyList<ShownStudy> studies) => new()
    {
        Id = "outcome-table",
        Title = "Verdicts",
        Sentence = Invariant($"{studies.Count(study => study.Study.Completed is not null)} of {studies.Count} studies have a model."),
        Data = new DataTable("studies",
            Ids(studies),
            new Texts("state", "state", studies.Select(study => study.Record.State)),
            new Texts("verdict", "verdict", studies.Select(study => study.Study.Completed?.Verdict?.Word)),
            new Numbers("trials", "trials done", studies.Select(study => (double?)study.Row.Summary.TrialsDone)),
            new Numbers("best", "lowest validation loss", studies.Select(study => study.Row.Summary.BestLoss)),
            new Texts("target", "target", studies.Select(study => study.Study.Settings.Target)),
            new Texts("data", "data", studies.Select(study => study.Study.Settings.DataSource))),
    };

    private static Figure Losses(IReadOnlyList<ShownStudy> studies)
    {
        var judged = studies.Where(study => study.Study.Completed?.Verdict is not null).ToList();
        var verdicts = judged.ConvertAll(study => study.Study.Completed!.Verdict!);
        var least = verdicts.Index().Where(one => one.Item.CorrectedLoss is not null).OrderBy(one => one.Item.CorrectedLoss)
            .FirstOrDefault();
        return new Figure
        {
            Id = "corrected-losses",
            Title = "Loss corrected for the selection among trials, with its 95 % interval",
            Sentence = least.Item is null
                ? "No study has a corrected loss yet."
                : Invariant($"The lowest is that of {IdOf(judged[least.Index])}, {least.Item.CorrectedLoss:G5}; ")
                    + "intervals that overlap show no difference.",
            Data = new DataTable("corrected",
                Ids(judged),
                new Numbers("loss", "corrected loss", verdicts.Select(verdict => verdict.CorrectedLoss)),
                new Numbers("low", "95 % from", verdicts.Select(verdict => verdict.CorrectedInterval?.Low)),
                new Numbers("high", "95 % to", verdicts.Select(verdict => verdict.CorrectedInterval?.High)),
                new Numbers("raw", "loss on the rows that selected", verdicts.Select(verdict => verdict.Loss)),
                new Numbers("baseline", "best baseline", verdicts.Select(verdict => verdict.BaselineLoss))),
            Plot = least.Item is null ? null : new IntervalPlot(
                "study", "loss", "low", "high", "corrected loss (mean squared error)", [least.Index], IsDifference: false),
        };
    }

    private static Section? Curves(IReadOnlyList<ShownStudy> studies)
    {
        var begun = studies.Where(study => study.Live.BestSoFar.Count > 0).ToList();
        if (begun.Count == 0) return null;
        var names = begun.Select((_, index) => Invariant($"study_{index}")).ToList();
        var rows = begun.Max(study => study.Live.BestSoFar.Count);
        var quickest = begun.MinBy(study => study.Live.BestSoFar[^1])!;
        return new Section
        {
            Id = "best-so-far",
            Title = "How they got there",
            Figures =
            [
                new Figure
                {
                    Id = "best-so-far-curves",
                    Title = "Lowest validation loss so far, by trials ended",
                    Sentence = Invariant($"{IdOf(quickest)} has the lowest loss of any trial, {quickest.Live.BestSoFar[^1]:G5}, ")
                        + Invariant($"after {quickest.Live.BestSoFar.Count} trials; it is not corrected for the selection."),
                    Data = new DataTable("so_far", [
                        new Numbers("ended", "trials ended", Enumerable.Range(1, rows).Select(row => (double)row)),
                        .. begun.Select((study, index) => new Numbers(names[index], IdOf(study),
                            Enumerable.Range(0, rows).Select(row => study.Live.BestSoFar.Cast<double?>().ElementAtOrDefault(row)))),
                    ]),
                    Plot = new SeriesPlot("ended", names, [], "validation loss") { ArePeers = true },
                },
            ],
        };
    }

    private static Figure Baselines(IReadOnlyList<ShownStudy> studies)
    {
        var known = Baseline.All.Where(baseline => studies.Any(study => study.Study.Data?.Baselines.ContainsKey(baseline.Name) is true));
        return new Figure
        {
            Id = "baselines",
            Title = "Baselines",
            Sentence = "Their losses on the validation rows. Where studies can be compared, baselines without features have the same.",
            Data = new DataTable("baselines", [
                Ids(studies),
                .. known.Select(baseline => new Numbers(baseline.Name, baseline.Label, studies.Select(study =>
                    study.Study.Data is { } data && data.Baselines.TryGetValue(baseline.Name, out var loss) ? loss : (double?)null))),
            ]),
        };
    }

    private static Figure Winners(IReadOnlyList<ShownStudy> studies) => new()
    {
        Id = "winners",
        Title = "Hyperparameters of the best trials",
        Sentence = "The trial of the lowest validation loss of each study.",
        Data = new DataTable("winners", [
            Ids(studies),
            new Numbers("trial", "best trial", studies.Select(study => (double?)study.Study.Completed?.BestTrial)),
            .. Hyperparameters.All.Select(entry => new Texts(entry.Column, entry.Label,
                studies.Select(study => study.Study.Completed is { } completed ? entry.Format(completed.BestConfig) : null))),
            new Numbers("seed", "seed", studies.Select(study => (double)study.Study.Settings.Seed)),
        ]),
    };
}
