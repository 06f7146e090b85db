using MacroCausal.Storage;

namespace MacroCausal.Reporting.Studies;

/// <summary>Figures of a study's trials.</summary>
public static class TrialFigures
{
    /// <summary>Number of trials that neither run nor wait for a runner.</summary>
    public static int Done(IEnumerable<TrialRecord> trials) => trials.Count(trial => trial.Status != TrialStatus.Running);

    /// <summary>The trial with the lowest loss at a milestone, and that loss; null where none is finite.</summary>
    public static (TrialRecord Trial, double Loss)? Best(IEnumerable<TrialRecord> trials) => trials
        .SelectMany(trial => trial.Milestones.Select(reached => (Trial: trial, reached.Loss)))
        .Where(reached => reached.Loss is { } loss && double.IsFinite(loss))
        .OrderBy(reached => reached.Loss).ThenBy(reached => reached.Trial.Trial)
        .Select(reached => ((TrialRecord, double)?)(reached.Trial, reached.Loss!.Value))
        .FirstOrDefault();
}
