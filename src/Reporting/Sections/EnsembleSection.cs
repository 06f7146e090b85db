using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>What the mean of several trials gained over the best one.</summary>
internal static class EnsembleSection
{
    public static Section? Of(StudyFacts facts)
    {
        if (facts.Model?.Ensemble is not { Members.Count: > 0 } ensemble) return null;
        var sum = ensemble.Members.Sum(member => member.Weight);
        var losses = facts.Outcomes.ToDictionary(outcome => outcome.Number, outcome => outcome.Loss);
        return new Section
        {
            Id = "ensemble",
            Title = "Ensemble",
            Figures =
            [
                new Figure
                {
                    Id = "members",
                    Title = "Its members",
                    Sentence = Sentence(ensemble),
                    Data = new DataTable("members",
                        new Texts("trial", "trial", ensemble.Members.Select(member => Invariant($"{member.Trial}"))),
                        new Numbers("share", "share of the mean", ensemble.Members.Select(member => member.Weight / (double)sum)),
                        new Numbers("loss", "validation loss", ensemble.Members.Select(member => losses.GetValueOrDefault(member.Trial)))),
                    Plot = new BarPlot("trial", ["share"], "share of the mean", IsHorizontal: true),
                },
            ],
        };
    }

    private static string Sentence(StoredEnsemble ensemble) =>
        Invariant($"The mean of {ensemble.Members.Count} trials has a loss of {ensemble.Loss:G5}: {ensemble.MemberLoss:G5} of its members ")
        + Invariant($"on average less a spread of {ensemble.Spread:G5}. Corrected for selection it is {ensemble.CorrectedLoss:G5}, that ")
        + Invariant($"of the best trial {ensemble.BestTrialCorrectedLoss:G5}; ")
        + (ensemble.Delivered ? "so the mean is the model." : "so the best trial alone is the model.");
}
