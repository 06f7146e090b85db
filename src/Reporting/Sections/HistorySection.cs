using MacroCausal.Data.Baselines;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>The losses of the trials in the order in which they ended.</summary>
internal static class HistorySection
{
    public static Section? Of(StudyFacts facts)
    {
        var ended = Ended(facts);
        if (ended.Count == 0) return null;
        var best = BestSoFar(facts);
        return new Section
        {
            Id = "history",
            Title = "Loss by trial",
            Figures =
            [
                new Figure
                {
                    Id = "history-trials",
                    Title = "Over the time of the study",
                    Sentence = Sentence(facts, ended, best),
                    Data = new DataTable("history",
                        new Numbers("trial", "trial", ended.Select(outcome => (double)outcome.Number)),
                        new Numbers("ended", "seconds since the start", ended.Select(outcome => outcome.Ended)),
                        new Numbers("loss", "lowest validation loss of the trial", ended.Select(outcome => outcome.Loss)),
                        new Numbers("best", "lowest so far", best),
                        new Numbers("epochs", "epochs", ended.Select(outcome => (double)outcome.Epochs))),
                    Plot = new HistoryPlot("ended", "loss", "best", "trial", References(facts), Scale.IsLog(ended.Select(one => one.Loss))),
                },
            ],
        };
    }

    /// <summary>The lowest loss so far at the end of each trial that has one, in the order of their last reports.</summary>
    public static List<double> BestSoFar(StudyFacts facts)
    {
        List<double> best = [];
        foreach (var outcome in Ended(facts))
        {
            best.Add(Math.Min(outcome.Loss!.Value, best.Count == 0 ? double.PositiveInfinity : best[^1]));
        }

        return best;
    }

    private static List<TrialOutcome> Ended(StudyFacts facts) =>
    [
        .. facts.Outcomes.Where(outcome => outcome is { Loss: not null, Ended: not null })
            .OrderBy(outcome => outcome.Ended).ThenBy(outcome => outcome.Number),
    ];

    private static Reference[] References(StudyFacts facts) => facts.Model?.Verdict is { } verdict
        ?
        [
            new Reference(Baseline.Find(verdict.BestBaseline).Label, verdict.BaselineLoss),
            .. verdict.CorrectedLoss is { } corrected ? [new Reference("model, corrected", corrected)] : Array.Empty<Reference>(),
        ]
        : facts.Request.Data is { Baselines.Count: > 0 } data && data.Baselines.MinBy(baseline => baseline.Value) is var best
            ? [new Reference(Baseline.Find(best.Key).Label, best.Value)]
            : [];

    private static string Sentence(StudyFacts facts, List<TrialOutcome> ended, List<double> best)
    {
        var at = best.IndexOf(best[^1]);
        var since = ended.Count - 1 - at;
        var sentence = Invariant($"Trial {ended[at].Number} reached the lowest loss, {best[^1]:G5}, after {ended[at].Ended:0.0} seconds; ")
            + (since == 0 ? "it was the last to end." : Invariant($"the {since} trials that ended after it brought nothing better."));
        return facts.Model?.BestTrialCorrectedLoss is { } corrected
            ? sentence + Invariant($" The lowest of many is too low: corrected for the selection among trials it is {corrected:G5}.")
            : sentence;
    }
}

/// <summary>How losses are laid out on an axis.</summary>
internal static class Scale
{
    private const double MaxLinearRatio = 20;

    /// <summary>Whether the losses differ so much that only a logarithmic axis shows the low ones apart.</summary>
    public static bool IsLog(IEnumerable<double?> losses)
    {
        double[] values = [.. losses.OfType<double>()];
        return values.Length > 0 && values.Min() > 0 && values.Max() / values.Min() > MaxLinearRatio;
    }
}
