using System.Text.RegularExpressions;
using MacroCausal.Storage;

namespace MacroCausal.Reporting.Studies;

/// <summary>Trials that failed for one reason.</summary>
/// <param name="Reason">The reason, in the words of the first of them.</param>
/// <param name="Trials">Their numbers, ascending.</param>
public sealed partial record FailureGroup(string Reason, IReadOnlyList<int> Trials)
{
    /// <summary>
    /// The failed ones among trials, grouped by what went wrong, the largest group first. Reasons that differ in numbers alone, such as
    /// that of a trial or of a port, are one.
    /// </summary>
    public static IReadOnlyList<FailureGroup> Of(IEnumerable<TrialRecord> trials) =>
    [
        .. trials.Where(trial => trial.Status == TrialStatus.Failed).OrderBy(trial => trial.Trial)
            .Select(trial => (trial.Trial, Reason: trial.Failure ?? "no reason was given"))
            .GroupBy(failed => Number().Replace(failed.Reason, "#"), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new FailureGroup(group.First().Reason, [.. group.Select(failed => failed.Trial)])),
    ];

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
