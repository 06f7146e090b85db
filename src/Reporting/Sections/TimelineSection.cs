using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>Which runner trained what, and when.</summary>
internal static class TimelineSection
{
    public static Section? Of(StudyFacts facts)
    {
        var runs = SegmentRun.Of(facts);
        if (runs.Count == 0) return null;
        return new Section
        {
            Id = "timeline",
            Title = "Who trained what, and when",
            Figures =
            [
                new Figure
                {
                    Id = "segments",
                    Title = "Segments by runner",
                    Sentence = Sentence(facts, runs),
                    Data = new DataTable("segments",
                        new Texts("lane", "runner", runs.Select(run => run.Lane)),
                        new Numbers("start", "start, seconds since the study's", runs.Select(run => run.Start)),
                        new Numbers("end", "end", runs.Select(run => run.End)),
                        new Numbers("trial", "trial", runs.Select(run => (double)run.Trial)),
                        new Numbers("from", "first epoch", runs.Select(run => (double)run.FromEpoch)),
                        new Numbers("to", "last epoch", runs.Select(run => (double)run.ToEpoch)),
                        new Numbers("seconds", "seconds that its epochs took", runs.Select(run => run.Seconds)),
                        new Texts("again", "trained again", runs.Select(run => run.Again))),
                    Plot = new TimelinePlot("lane", "start", "end", "trial", "again", "seconds since the start of the study"),
                },
            ],
        };
    }

    private static string Sentence(StudyFacts facts, IReadOnlyList<SegmentRun> runs)
    {
        var lanes = runs.Select(run => run.Lane).Distinct().Count();
        var runners = runs.Select(run => run.Runner).Distinct(StringComparer.Ordinal).Count();
        var span = runs.Max(run => run.End) - runs.Min(run => run.Start);
        var busy = 100 * runs.Sum(run => run.End - run.Start) / (lanes * span);
        var taken = runs.Count(run => run.IsTakenOver);
        var reissued = facts.Trials.Count(trial => trial.Attempt > 0);
        return Invariant($"{runs.Count} segments on {Count(runners, "runner")}, at most {lanes} at once; ")
            + Invariant($"{(double.IsFinite(busy) ? busy : 100):0} % of the time from the first start to the last report went to them. ")
            + (taken == 0
                ? "No segment went on with another runner. "
                : Invariant($"{Count(taken, "segment")} went on with another runner. "))
            + (reissued == 0 ? "No trial's last segment" : Invariant($"The last segment of {Count(reissued, "trial")}"))
            + " was issued more than once; of earlier segments that is not kept, and epochs that were lost and trained "
            + "again have left no record. A start is the first report less the seconds of its epochs.";
    }

    private static string Count(int count, string noun) => Invariant($"{count} {noun}{(count == 1 ? "" : "s")}");
}
