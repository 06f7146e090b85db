using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>Whether the study shows that its model is better than a baseline, and by how much; of a failed study, why it failed.</summary>
internal static class VerdictSection
{
    public static Section? Of(StudyFacts facts)
    {
        if (facts.Request.Failures is { Count: > 0 } failures)
        {
            return new Section { Id = "verdict", Title = "The study failed", Text = failures };
        }

        if (facts.Model?.Verdict is not { } verdict) return null;
        var baselines = facts.Request.Data?.Baselines ?? new Dictionary<string, double> { [verdict.BestBaseline] = verdict.BaselineLoss };
        return new Section
        {
            Id = "verdict",
            Title = "Verdict",
            Text = [Capital(verdict.Sentence) + "."],
            Figures = [Losses(verdict, baselines), .. Difference(verdict) is { } difference ? [difference] : Array.Empty<Figure>()],
        };
    }

    private static Figure Losses(Verdict verdict, IReadOnlyDictionary<string, double> baselines)
    {
        var rows = Rows(verdict, baselines).ToList();
        return new Figure
        {
            Id = "losses",
            Title = "Losses of model and baselines",
            Sentence = LossSentence(verdict, baselines),
            Data = new DataTable("losses",
                new Texts("what", "of", rows.Select(row => row.What)),
                new Texts("rows", "on", rows.Select(row => row.Rows)),
                new Numbers("loss", "loss (mean squared error)", rows.Select(row => row.Loss)),
                new Numbers("low", "95 % from", rows.Select(row => row.Interval?.Low)),
                new Numbers("high", "95 % to", rows.Select(row => row.Interval?.High)),
                new Numbers("rmse", "root (target's unit)", rows.Select(row => Math.Sqrt(row.Loss)))),
            Plot = new IntervalPlot("what", "loss", "low", "high", "loss (mean squared error)",
                [.. rows.Index().Where(row => row.Item.IsOwn).Select(row => row.Index)], IsDifference: false)
            {
                IsLog = Scale.IsLog(rows.SelectMany(row => new[] { row.Loss, row.Interval?.Low, row.Interval?.High })),
            },
        };
    }

    private static IEnumerable<LossRow> Rows(Verdict verdict, IReadOnlyDictionary<string, double> baselines)
    {
        yield return new("model, on the rows that selected it", "validation", verdict.Loss, null, true);
        if (verdict.CorrectedLoss is { } corrected)
        {
            yield return new("model, corrected for selection", "validation", corrected, verdict.CorrectedInterval, true);
        }

        foreach (var (name, loss) in Baseline.InOrder(baselines))
        {
            yield return new(Baseline.Find(name).Label, "validation", loss, null, false);
        }

        if (verdict.WalkForward is { } walk)
        {
            yield return new("models of the walk-forward", "walk-forward", walk.Loss, null, true);
            foreach (var (name, loss) in Baseline.InOrder(walk.Baselines))
            {
                yield return new(Baseline.Find(name).Label + ", walk-forward", "walk-forward", loss, null, false);
            }
        }

        if (verdict.Test is not { } test) yield break;
        yield return new("model, test rows", "test", test.Loss, null, true);
        foreach (var (name, loss) in Baseline.InOrder(test.Baselines))
        {
            yield return new(Baseline.Find(name).Label + ", test rows", "test", loss, null, false);
        }
    }

    private static string LossSentence(Verdict verdict, IReadOnlyDictionary<string, double> baselines)
    {
        var beaten = baselines.Count(baseline => verdict.Loss < baseline.Value);
        var raw = Invariant($"On the validation rows the model has a lower loss than {beaten} of {baselines.Count} baselines, ")
            + Invariant($"but these rows selected it among {verdict.Looks} losses");
        if (verdict.CorrectedLoss is not { } corrected) return raw + ".";
        var left = baselines.Count(baseline => corrected < baseline.Value);
        return raw + Invariant($"; corrected for the selection among trials it is lower than {left}.");
    }

    private static Figure? Difference(Verdict verdict)
    {
        var label = Baseline.Find(verdict.BestBaseline).Phrase;
        List<LossRow> rows = [];
        if (verdict.WalkForward is { } walk)
        {
            var less = $"walk-forward, less {Baseline.Find(walk.BestBaseline).Phrase}";
            rows.Add(new(less, "walk-forward", walk.Difference, walk.DifferenceInterval, false) { PValue = walk.PValue });
        }

        if (verdict.Difference is { } corrected)
        {
            rows.Add(new("validation rows, corrected for selection", "validation", corrected, verdict.DifferenceInterval, false));
        }

        if (verdict.Test is { } test)
        {
            const string What = "test rows, which selected nothing";
            rows.Add(new(What, "test", test.Difference, test.DifferenceInterval, true) { PValue = test.PValue });
        }

        if (rows.Count == 0) return null;
        return new Figure
        {
            Id = "difference",
            Title = verdict.WalkForward is null ? $"Model less {label}" : $"Model less {label}, or what is best in the walk-forward",
            Sentence = DifferenceSentence(
                verdict,
                verdict.WalkForward is { } judge ? $"{Baseline.Find(judge.BestBaseline).Phrase} in the walk-forward" : label),
            Data = new DataTable("difference",
                new Texts("what", "on", rows.Select(row => row.What)),
                new Numbers("difference", "difference of losses", rows.Select(row => row.Loss)),
                new Numbers("low", "95 % from", rows.Select(row => row.Interval?.Low)),
                new Numbers("high", "95 % to", rows.Select(row => row.Interval?.High)),
                new Numbers("p", "p (Diebold-Mariano)", rows.Select(row => row.PValue))),
            Plot = new IntervalPlot("what", "difference", "low", "high", "difference of losses; below 0 the model is better", [0],
                IsDifference: true),
        };
    }

    private static string DifferenceSentence(Verdict verdict, string label) => verdict.Word switch
    {
        StudyVerdict.Better => $"The interval lies below 0: the model is better than {label}.",
        StudyVerdict.NotShown =>
            $"The difference is below 0, but its interval reaches 0 or above: it is not shown that the model is better than {label}.",
        _ => $"The difference is not below 0: the model is not better than {label}.",
    };

    private static string Capital(string sentence) =>
        sentence.Length == 0 ? sentence : char.ToUpperInvariant(sentence[0]) + sentence[1..];

    private sealed record LossRow(string What, string Rows, double Loss, Interval? Interval, bool IsOwn)
    {
        public double? PValue { get; init; }
    }
}
