using MacroCausal.Dashboard.Studies;
using MacroCausal.Reporting.Documents;
using MacroCausal.Storage;

namespace MacroCausal.Dashboard.Comparing;

/// <summary>Trials of a study beside each other: their learning curves, and in what their configurations differ.</summary>
internal static class TrialComparison
{
    /// <param name="study">The study.</param>
    /// <param name="numbers">Numbers of its trials, two or more, each once; those that there are not are left out.</param>
    public static Report Of(ShownStudy study, IReadOnlyList<int> numbers)
    {
        var trials = numbers.Select(number => study.Live.Trials.FirstOrDefault(trial => trial.Trial == number)).OfType<TrialRecord>()
            .ToList();
        var missing = numbers.Except(trials.Select(trial => trial.Trial)).ToList();
        return new Report
        {
            Title = Invariant($"{trials.Count} trials of {study.Record.ExecutionId}"),
            Subtitle = missing.Count == 0 ? study.Live.Report.Subtitle : $"There is no trial {string.Join(", ", missing)}.",
            Word = "",
            Sections =
            [
                .. Curves(study, trials) is { } curves ? [curves] : Array.Empty<Section>(),
                new Section { Id = "configurations", Title = "What they are", Figures = [Configurations(study, trials)] },
            ],
        };
    }

    private static Section? Curves(ShownStudy study, List<TrialRecord> trials)
    {
        var losses = study.Live.Epochs.Where(epoch => epoch.Metrics.ValidationLoss is not null)
            .ToLookup(epoch => epoch.Trial, epoch => (epoch.Epoch, Loss: epoch.Metrics.ValidationLoss!.Value));
        var trained = trials.Where(trial => losses[trial.Trial].Any()).ToList();
        if (trained.Count == 0) return null;
        var epochs = trained.SelectMany(trial => losses[trial.Trial]).Select(one => one.Epoch).Distinct().Order().ToList();
        var best = trained.MinBy(trial => losses[trial.Trial].Min(one => one.Loss))!;
        var (epoch, loss) = losses[best.Trial].MinBy(one => one.Loss);
        return new Section
        {
            Id = "trial-curves",
            Title = "Learning curves",
            Figures =
            [
                new Figure
                {
                    Id = "trial-curve-lines",
                    Title = "Validation loss by epoch",
                    Sentence = Invariant($"Trial {best.Trial} has the lowest loss of them, {loss:G5} after epoch {epoch}."),
                    Data = new DataTable("trial_curves", [
                        new Numbers("epoch", "epoch", epochs.Select(one => (double)one)),
                        .. trained.Select(trial =>
                            Column(trial, losses[trial.Trial].ToDictionary(one => one.Epoch, one => one.Loss), epochs)),
                    ]),
                    Plot = new SeriesPlot("epoch", [.. trained.Select(NameOf)], [], "validation loss") { ArePeers = true },
                },
            ],
        };
    }

    private static Numbers Column(TrialRecord trial, Dictionary<int, double> losses, List<int> epochs) =>
        new(NameOf(trial), Invariant($"trial {trial.Trial}"),
            epochs.Select(epoch => losses.TryGetValue(epoch, out var loss) ? loss : (double?)null));

    private static string NameOf(TrialRecord trial) => Invariant($"trial_{trial.Trial}");

    private static Figure Configurations(ShownStudy study, List<TrialRecord> trials)
    {
        (string What, Func<TrialRecord, string?> Of)[] rows =
        [
            .. Hyperparameters.All.Select(entry => (entry.Label, (Func<TrialRecord, string?>)(trial => entry.Format(trial.Config)))),
            ("status", trial => trial.Status.ToString()),
            ("epochs", trial => Invariant($"{trial.Epoch}")),
            ("best epoch", trial => Invariant($"{trial.BestEpoch}")),
            ("rungs", trial => trial.Milestones.Count == 0
                ? null
                : string.Join(", ", trial.Milestones.Select(rung => Invariant($"{rung.Epoch}: {rung.Loss:G5}")))),
            ("lowest loss", trial => LossOf(study, trial) is { } loss ? Invariant($"{loss:G5}") : null),
            ("failure", trial => trial.Failure),
        ];
        var differing = rows.Take(Hyperparameters.All.Count).Where(row => trials.Select(row.Of).Distinct().Count() > 1)
            .Select(row => row.What).ToList();
        return new Figure
        {
            Id = "configuration-table",
            Title = "Configurations and outcomes",
            Sentence = differing.Count == 0
                ? "Their configurations are the same."
                : $"They differ in {string.Join(", ", differing)}.",
            Data = new DataTable("configurations", [
                new Texts("what", "what", rows.Select(row => row.What)),
                .. trials.Select(trial => new Texts(NameOf(trial), Invariant($"trial {trial.Trial}"), rows.Select(row => row.Of(trial)))),
                new Texts("differs", "differs", rows.Select(row => trials.Select(row.Of).Distinct().Count() > 1 ? "yes" : null)),
            ]),
        };
    }

    private static double? LossOf(ShownStudy study, TrialRecord trial) =>
        study.Live.Epochs.Where(epoch => epoch.Trial == trial.Trial).Min(epoch => epoch.Metrics.ValidationLoss)
        ?? trial.LowestMilestoneLoss();
}
