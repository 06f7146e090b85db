using MacroCausal.Data.Baselines;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>What the model is made of: trials whose mean was tried, and baselines beside the networks.</summary>
internal static class EnsembleSection
{
    public static Section? Of(StudyFacts facts)
    {
        Figure?[] figures = [Members(facts), Parts(facts)];
        return figures.OfType<Figure>().ToArray() is not { Length: > 0 } drawn
            ? null
            : new Section { Id = "ensemble", Title = "What the model is made of", Figures = drawn };
    }

    private static Figure? Members(StudyFacts facts)
    {
        if (facts.Model?.Ensemble is not { Members.Count: > 0 } ensemble) return null;
        var sum = ensemble.Members.Sum(member => member.Weight);
        var losses = facts.Outcomes.ToDictionary(outcome => outcome.Number, outcome => outcome.Loss);
        return new Figure
        {
            Id = "members",
            Title = "The mean of trials",
            Sentence = Sentence(ensemble),
            Data = new DataTable("members",
                new Texts("trial", "trial", ensemble.Members.Select(member => Invariant($"{member.Trial}"))),
                new Numbers("share", "share of the mean", ensemble.Members.Select(member => member.Weight / (double)sum)),
                new Numbers("loss", "validation loss", ensemble.Members.Select(member => losses.GetValueOrDefault(member.Trial)))),
            Plot = new BarPlot("trial", ["share"], "share of the mean", IsHorizontal: true),
        };
    }

    private static Figure? Parts(StudyFacts facts)
    {
        if (facts.Model?.Combination is not { Baselines.Count: > 0 } combination) return null;
        return new Figure
        {
            Id = "parts",
            Title = "Networks and baselines",
            Sentence = Invariant($"The model is {combination.NetworkShare:P0} networks, the rest baselines: shares follow from losses, ")
                + Invariant($"that of the networks corrected for their selection ({combination.NetworksCorrectedLoss:G5}). ")
                + Invariant($"Together they have a loss of {combination.Loss:G5}, corrected {combination.CorrectedLoss:G5}."),
            Data = new DataTable("parts",
                new Texts("part", "part", combination.Baselines.Select(part => Baseline.Find(part.Name).Label).Prepend("networks")),
                new Numbers("share", "share", combination.Baselines.Select(part => part.Share).Prepend(combination.NetworkShare)),
                new Numbers("loss", "loss that it is weighted by",
                    combination.Baselines.Select(part => part.Loss).Prepend(combination.NetworksCorrectedLoss))),
            Plot = new BarPlot("part", ["share"], "share", IsHorizontal: true),
        };
    }

    private static string Sentence(StoredEnsemble ensemble) =>
        Invariant($"The mean of {ensemble.Members.Count} trials has a loss of {ensemble.Loss:G5}: {ensemble.MemberLoss:G5} of its members ")
        + Invariant($"on average less a spread of {ensemble.Spread:G5}. Corrected for selection it is {ensemble.CorrectedLoss:G5}, that ")
        + Invariant($"of the best trial {ensemble.BestTrialCorrectedLoss:G5}; so ")
        + (ensemble.Delivered ? "the mean is in the model." : "the best trial alone is in the model.");
}
