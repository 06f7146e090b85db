using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>What became of the trials at each milestone.</summary>
internal static class RungSection
{
    public static Section? Of(StudyFacts facts)
    {
        var rungs = Rung.Of(facts);
        if (rungs.Count == 0) return null;
        Numbers Count(string name, string label, Func<Rung, int> count) => new(name, label, rungs.Select(rung => (double)count(rung)));
        return new Section
        {
            Id = "rungs",
            Title = "Rungs",
            Figures =
            [
                new Figure
                {
                    Id = "rung-table",
                    Title = "Trials at each milestone",
                    Sentence = Sentence(facts, rungs),
                    Data = new DataTable("rungs",
                        new Texts("milestone", "milestone (epochs)", rungs.Select(rung => Invariant($"{rung.Epoch}"))),
                        Count("reached", "reached it", rung => rung.Reached),
                        Count("promoted", "promoted", rung => rung.Promoted),
                        Count("completed", "over by then", rung => rung.Completed),
                        Count("left", "left there (paused, stopped)", rung => rung.Left),
                        Count("failed", "failed on the way there", rung => rung.Failed),
                        new Numbers("best", "lowest loss", rungs.Select(rung => rung.Best)),
                        new Numbers("median", "median loss", rungs.Select(rung => rung.Median))),
                    Plot = new BarPlot("milestone", ["promoted", "completed", "left", "failed"], "trials", IsHorizontal: true),
                },
            ],
        };
    }

    private static string Sentence(StudyFacts facts, IReadOnlyList<Rung> rungs)
    {
        var (first, last) = (rungs[0], rungs[^1]);
        return Invariant($"{first.Reached} of {facts.Trials.Count} trials reached the first milestone, {first.Epoch} epochs, ")
            + (rungs.Count == 1
                ? "which is the last one."
                : Invariant($"and {last.Reached} the last, {last.Epoch}; a promotion needs a place among the best 1 in ")
                    + Invariant($"{facts.Settings.ReductionFactor} of a rung."));
    }
}

/// <summary>The trials at one milestone. Every trial that reached it was promoted, is over, or was left there.</summary>
internal sealed record Rung(int Epoch, int Reached, int Promoted, int Completed, int Failed, double? Best, double? Median)
{
    public int Left => Reached - Promoted - Completed;

    public static IReadOnlyList<Rung> Of(StudyFacts facts)
    {
        var milestones = facts.Trials.SelectMany(trial => trial.Milestones).Select(rung => rung.Epoch)
            .Concat(facts.Trials.Where(trial => trial.Status == TrialStatus.Failed).Select(trial => trial.ToEpoch)).Distinct().Order();
        return [.. milestones.Select(epoch => Of(facts, epoch))];
    }

    private static Rung Of(StudyFacts facts, int epoch)
    {
        var there = facts.Trials.Where(trial => trial.Milestones.Any(rung => rung.Epoch == epoch)).ToList();
        double[] losses = [.. there.Select(trial => trial.Milestones.First(rung => rung.Epoch == epoch).Loss).OfType<double>().Order()];
        var promoted = there.Count(trial => trial.ToEpoch > epoch);
        return new Rung(
            epoch, there.Count, promoted,
            there.Count(trial => trial.ToEpoch <= epoch && trial.Status == TrialStatus.Completed),
            facts.Trials.Count(trial => trial.Status == TrialStatus.Failed && trial.ToEpoch == epoch),
            losses.Length == 0 ? null : losses[0],
            losses.Length == 0 ? null : (losses[(losses.Length - 1) / 2] + losses[losses.Length / 2]) / 2);
    }
}
