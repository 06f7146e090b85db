using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Statistics;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>Which configurations were tried, how good they were, and which hyperparameters that depends on.</summary>
internal static class SearchSection
{
    private const string LossLabel = "validation loss";

    public static Section? Of(StudyFacts facts)
    {
        var axes = SearchAxis.Of(facts);
        var trials = facts.Outcomes.Where(outcome => outcome.Loss is not null).ToList();
        if (axes.Count == 0 || trials.Count == 0) return null;
        var loss = new PlotAxis("loss", LossLabel, Scale.IsLog(trials.Select(trial => trial.Loss)), null);
        var table = Table(axes, trials);
        PlotAxis[] plots = [.. axes.Select(axis => axis.Plot)];
        return new Section
        {
            Id = "search",
            Title = "Search",
            Text = ["Brush an axis or a panel, or press Enter on a trial: what you select stands out in all charts. Escape ends it."],
            Figures =
            [
                new Figure
                {
                    Id = "parallel",
                    Title = "All hyperparameters at once",
                    Sentence = BestSentence(axes, trials),
                    Data = table,
                    Plot = new ParallelPlot("trial", plots, loss),
                },
                new Figure
                {
                    Id = "slices",
                    Title = "Loss over each hyperparameter",
                    Sentence = SliceSentence(axes, trials),
                    Data = table,
                    Plot = new SlicePlot("trial", plots, loss),
                },
                Importance(facts, axes, trials),
            ],
        };
    }

    private static DataTable Table(IReadOnlyList<SearchAxis> axes, List<TrialOutcome> trials) => new("trials",
    [
        new Numbers("trial", "trial", trials.Select(trial => (double)trial.Number)),
        new Numbers("loss", LossLabel, trials.Select(trial => trial.Loss)),
        new Numbers("epoch", "best epoch", trials.Select(trial => (double?)trial.Epoch)),
        new Texts("status", "status", trials.Select(trial => trial.Trial.Status.ToString().ToLowerInvariant())),
        .. axes.Select(axis => axis.Column(trials.Select(trial => trial.Trial.Config))),
    ]);

    private static string BestSentence(IReadOnlyList<SearchAxis> axes, List<TrialOutcome> trials)
    {
        var best = trials.MinBy(trial => trial.Loss)!;
        var values = axes.Select(axis => $"{axis.Hyperparameter.Label} {axis.Hyperparameter.Format(best.Trial.Config)}");
        return Invariant($"The lowest loss, {best.Loss:G5} of trial {best.Number}, has {string.Join(", ", values)}.");
    }

    private static string SliceSentence(IReadOnlyList<SearchAxis> axes, List<TrialOutcome> trials)
    {
        var count = Math.Min(PedAnova.BestCount(trials.Count), trials.Count);
        var best = trials.OrderBy(trial => trial.Loss).ThenBy(trial => trial.Number).Take(count).ToList();
        var ranges = axes.Where(axis => axis.Categories is null).Select(axis =>
        {
            double[] values = [.. best.Select(trial => axis.Hyperparameter.Number(trial.Trial.Config)!.Value)];
            return Invariant($"{axis.Hyperparameter.Label} {values.Min():G3} to {values.Max():G3}");
        }).ToList();
        return ranges.Count == 0
            ? Invariant($"The losses of {trials.Count} trials.")
            : Invariant($"The {count} best of {trials.Count} trials lie at {string.Join(", ", ranges)}.");
    }

    private static Figure Importance(StudyFacts facts, IReadOnlyList<SearchAxis> axes, List<TrialOutcome> trials)
    {
        if (trials.Count < PedAnova.MinTrials)
        {
            return new Figure
            {
                Id = "importance",
                Title = "Importance of the hyperparameters",
                Sentence = Invariant($"{PedAnova.MinTrials} trials with a loss are needed to tell and there are {trials.Count}."),
                Data = new DataTable("importance", new Texts("name", "hyperparameter", axes.Select(axis => axis.Hyperparameter.Label))),
            };
        }

        var values = axes.Select(axis => axis.Values(trials.Select(trial => trial.Trial.Config))).ToList();
        var found = PedAnova.Of(values, [.. trials.Select(trial => trial.Loss!.Value)], facts.Settings.Seed);
        var order = Enumerable.Range(0, axes.Count).OrderByDescending(index => found[index].Share).ToArray();
        Numbers Column(string name, string label, Func<Importance, double> value) =>
            new(name, label, order.Select(index => value(found[index])));
        return new Figure
        {
            Id = "importance",
            Title = "Importance of the hyperparameters",
            Sentence = ImportanceSentence(facts, axes, trials, found),
            Data = new DataTable("importance",
                new Texts("name", "hyperparameter", order.Select(index => axes[index].Hyperparameter.Label)),
                Column("share", "share of variance", one => one.Share),
                Column("relative", "part of the sum", one => one.Relative),
                Column("chance", "by chance, mean", one => one.Chance),
                Column("chance_high", "by chance, once in 20", one => one.ChanceHigh)),
            Plot = new BarPlot("name", ["share"], "share of the variance of \"is among the best\"", IsHorizontal: true)
            {
                Mark = "chance_high",
            },
        };
    }

    private static string ImportanceSentence(
        StudyFacts facts, IReadOnlyList<SearchAxis> axes, List<TrialOutcome> trials, IReadOnlyList<Importance> found)
    {
        var clear = axes.Select((axis, index) => (axis.Hyperparameter.Label, Of: found[index]))
            .Where(one => one.Of.Share > one.Of.ChanceHigh).OrderByDescending(one => one.Of.Share)
            .Select(one => Invariant($"{one.Label} ({100 * one.Of.Share:0} %)")).ToList();
        var says = clear.Count == 0
            ? "No hyperparameter decides more than chance would on which trials are the best."
            : $"Beyond chance, {string.Join(", ", clear)} {(clear.Count == 1 ? "decides" : "decide")} on which trials are the best.";
        return says + Invariant($" PED-ANOVA of the main effects on the best {PedAnova.BestCount(trials.Count)} of {trials.Count} trials")
            + Invariant($"; chance is {PedAnova.Draws} random sets of as many trials, seed {facts.Settings.Seed}.");
    }
}
