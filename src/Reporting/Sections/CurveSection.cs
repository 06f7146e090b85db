using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Reporting.Sections;

/// <summary>The learning curves of all trials, with the milestones and who was promoted there.</summary>
internal static class CurveSection
{
    public static Section? Of(StudyFacts facts)
    {
        var epochs = facts.Epochs;
        if (!epochs.Any(epoch => epoch.Metrics.ValidationLoss is not null)) return null;
        int[] milestones = [.. facts.Trials.SelectMany(trial => trial.Milestones).Select(rung => rung.Epoch).Distinct().Order()];
        return new Section
        {
            Id = "curves",
            Title = "Learning curves",
            Figures =
            [
                new Figure
                {
                    Id = "learning-curves",
                    Title = "Validation loss by epoch",
                    Sentence = Sentence(facts, milestones),
                    Data = new DataTable("epochs",
                        new Numbers("trial", "trial", epochs.Select(epoch => (double)epoch.Trial)),
                        new Numbers("epoch", "epoch", epochs.Select(epoch => (double)epoch.Epoch)),
                        new Numbers("validation_loss", "validation loss", epochs.Select(epoch => epoch.Metrics.ValidationLoss)),
                        new Numbers("train_loss", "training loss", epochs.Select(epoch => epoch.Metrics.TrainLoss))),
                    Plot = new CurvePlot(
                        "trial", "epoch", "validation_loss", milestones, Promotions(facts), Best(facts),
                        Scale.IsLog(epochs.Select(epoch => epoch.Metrics.ValidationLoss))),
                },
            ],
        };
    }

    // Of a study that is not over, the best so far.
    private static int? Best(StudyFacts facts) => facts.Model?.BestTrial
        ?? facts.Outcomes.Where(outcome => outcome.Loss is not null).MinBy(outcome => outcome.Loss)?.Number;

    // Rows of the epochs at which a trial was to train on.
    private static List<int> Promotions(StudyFacts facts)
    {
        var promoted = facts.Trials.SelectMany(trial => PromotedAt(trial).Select(epoch => (trial.Trial, epoch))).ToHashSet();
        return [.. facts.Epochs.Index().Where(row => promoted.Contains((row.Item.Trial, row.Item.Epoch))).Select(row => row.Index)];
    }

    /// <summary>The milestones from which a trial went on, in epochs.</summary>
    public static IEnumerable<int> PromotedAt(TrialRecord trial) =>
        trial.Milestones.Select(rung => rung.Epoch).Where(epoch => epoch < trial.ToEpoch);

    private static string Sentence(StudyFacts facts, int[] milestones)
    {
        var last = facts.Outcomes.Count(outcome => outcome.Epochs >= facts.Settings.MaxEpochs);
        var promoted = facts.Trials.Count(trial => PromotedAt(trial).Any());
        var rungs = milestones.Length == 0
            ? "No trial reached a milestone."
            : Invariant($"{promoted} of {facts.Trials.Count} trials were promoted at least once at the milestones of ")
                + Invariant($"{string.Join(", ", milestones)} epochs; {last} trained all {facts.Settings.MaxEpochs} epochs.");
        var epoch = facts.Model is { BestTrial: { } trial, BestEpoch: { } best }
            ? Invariant($" The best trial, {trial}, was best after epoch {best}.")
            : "";
        return rungs + epoch;
    }
}
