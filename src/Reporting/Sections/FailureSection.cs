using System.Text.RegularExpressions;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>The trials that failed, grouped by what went wrong.</summary>
internal static partial class FailureSection
{
    private const int MaxNumbers = 20;

    public static Section? Of(StudyFacts facts)
    {
        var failed = facts.Trials.Where(trial => trial.Status == TrialStatus.Failed).ToList();
        if (failed.Count == 0)
        {
            return new Section { Id = "failures", Title = "Failures", Text = [Invariant($"None of {facts.Trials.Count} trials failed.")] };
        }

        // Reasons that differ in numbers alone, such as that of a trial or of a port, are one.
        var groups = failed.GroupBy(trial => Number().Replace(trial.Failure ?? "no reason was given", "#"), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
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
                        new Texts("reason", "reason, of the first one", groups.Select(group => group.First().Failure)),
                        new Numbers("count", "trials", groups.Select(group => (double)group.Count())),
                        new Texts("trials", "which", groups.Select(group => Which([.. group.Select(trial => trial.Trial)])))),
                },
            ],
        };
    }

    private static string Which(int[] trials) =>
        string.Join(", ", trials.Take(MaxNumbers)) + (trials.Length > MaxNumbers ? ", ..." : "");

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
