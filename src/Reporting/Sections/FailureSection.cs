using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>The trials that failed, grouped by what went wrong.</summary>
internal static class FailureSection
{
    private const int MaxNumbers = 20;

    public static Section? Of(StudyFacts facts)
    {
        var failed = facts.Trials.Where(trial => trial.Status == TrialStatus.Failed).ToList();
        if (failed.Count == 0)
        {
            return new Section { Id = "failures", Title = "Failures", Text = [Invariant($"None of {facts.Trials.Count} trials failed.")] };
        }

        var groups = FailureGroup.Of(failed);
        return new Section
        {
            Id = "failures",
            Title = "Failures",
            Figures =
            [
                new Figure
                {
                    Id = "failure-table",
                    Title = "By reason",
                    Sentence = Invariant($"{failed.Count} of {facts.Trials.Count} trials failed, for {groups.Count} ")
                        + (groups.Count == 1 ? "reason." : "reasons."),
                    Data = new DataTable("failures",
                        new Texts("reason", "reason, of the first one", groups.Select(group => group.Reason)),
                        new Numbers("count", "trials", groups.Select(group => (double)group.Trials.Count)),
                        new Texts("trials", "which", groups.Select(group => Which(group.Trials)))),
                },
            ],
        };
    }

    private static string Which(IReadOnlyList<int> trials) =>
        string.Join(", ", trials.Take(MaxNumbers)) + (trials.Count > MaxNumbers ? ", ..." : "");
}
