using MacroCausal.Data.Baselines;
using static System.FormattableString;

namespace MacroCausal.Data.Evaluation;

/// <summary>
/// The verdict on a study, the only place where its three words are said. <c>Better</c> needs figures that are corrected for selection and
/// a 95 % interval of the difference that lies below 0. A validation loss alone shows at most that the trial is not better.
/// </summary>
public static class StudyVerdict
{
    public const string Better = "better";
    public const string NotBetter = "not better";
    public const string NotShown = "not shown";

    /// <summary>The verdict on the losses of a study.</summary>
    /// <param name="losses">The losses on the rows that selected the model.</param>
    /// <param name="corrected">The figures corrected for selection; null where there are none.</param>
    /// <param name="reason">Why there are none, to stand after "because".</param>
    /// <param name="test">The same comparison on test rows; the word rests on it where there is one and no walk-forward.</param>
    /// <param name="walkForward">The walk-forward; the word rests on it where it was run to its end.</param>
    /// <param name="notWalked">Why a walk-forward that was asked for has no figures, to stand after "because"; null where none was.</param>
    public static Verdict Of(
        StudyLosses losses, CorrectedFigures? corrected, string reason, TestFigures? test = null, WalkForwardFigures? walkForward = null,
        string? notWalked = null)
    {
        var (name, baselineLoss) = Baseline.BestOf(losses.Baselines);
        var word = (walkForward, test) switch
        {
            ({ } walk, _) => Word(walk.Difference, walk.DifferenceInterval),
            (null, { } on) => Word(on.Difference, on.DifferenceInterval),
            _ => Word(corrected?.Difference ?? losses.Loss - baselineLoss, corrected?.DifferenceInterval),
        };
        var verdict = new Verdict
        {
            Word = word,
            Sentence = "",
            BestBaseline = name,
            BaselineLoss = baselineLoss,
            Loss = losses.Loss,
            Networks = losses.Networks,
            LinearMembers = losses.LinearMembers,
            Rows = losses.Rows,
            Dates = losses.Dates,
            Looks = losses.Looks,
            CorrectedLoss = corrected?.Loss,
            CorrectedInterval = corrected?.LossInterval,
            Difference = corrected?.Difference,
            DifferenceInterval = corrected?.DifferenceInterval,
            WalkForward = walkForward,
            Test = test,
        };
        var sentence = Sentence(verdict, losses.Baselines.Count, reason);
        return verdict with
        {
            Sentence = notWalked is null ? sentence : $"{sentence}; there are no figures of the walk-forward, because {notWalked}",
        };
    }

    /// <summary>The model beside the baselines on rows that selected nothing; null where there are too few of them.</summary>
    /// <param name="forecasts">What the model forecasts for the test rows, in the target's unit.</param>
    /// <param name="baselines">What the baselines forecast for them.</param>
    /// <param name="best">Name of the baseline that is best on the validation rows.</param>
    /// <param name="dates">Dates of the test rows.</param>
    /// <param name="horizon">How many rows ahead the forecasts are.</param>
    public static TestFigures? OnTest(
        double[] forecasts, BaselineForecasts? baselines, string best, DateRange? dates, int horizon)
    {
        if (forecasts.Length < SelectionCorrection.MinRows || baselines?.Forecasts.GetValueOrDefault(best) is not { } other) return null;
        double[] own = [.. forecasts.Zip(baselines.Target, (forecast, target) => forecast - target)];
        double[] others = [.. other.Zip(baselines.Target, (forecast, target) => forecast - target)];
        var (difference, interval) = ForecastTests.Difference(own, others, horizon);
        return new TestFigures
        {
            Rows = forecasts.Length,
            Dates = dates,
            Loss = own.Average(error => error * error),
            Baselines = baselines.Errors,
            Difference = difference,
            DifferenceInterval = interval,
            PValue = ForecastTests.DieboldMariano(own, others, horizon).PValue,
        };
    }

    private static string Word(double difference, Interval? interval)
    {
        if (!(difference < 0)) return NotBetter;
        return interval?.High < 0 ? Better : NotShown;
    }

    private static string Sentence(Verdict verdict, int baselines, string reason)
    {
        var word = verdict.Word == NotShown ? "not shown to be better" : verdict.Word;
        if (verdict.WalkForward is { } walk) return $"{word} than {Walked(walk)}; {Registered(verdict, reason)}";
        var count = verdict.Rows == 0 ? "the" : Invariant($"{verdict.Rows}");
        var rows = $"on {count} validation {(verdict.Rows == 1 ? "row" : "rows")}{Dates(verdict.Dates)}";
        var parts = Parts(verdict) is { } model ? " of " + model : "";
        var raw = Invariant($"loss {verdict.Loss:G5}{parts}, selected among {verdict.Looks} on these rows");
        return $"{word} than {Baseline.Find(verdict.BestBaseline).Phrase}{BestOf(baselines)}"
            + $"{Invariant($" ({verdict.BaselineLoss:G5})")} {rows}: {raw}; " + Corrected(verdict, reason) + Test(verdict);
    }

    private static string Walked(WalkForwardFigures walk)
    {
        var folds = walk.Folds.Count == 1 ? "1 fold" : Invariant($"{walk.Folds.Count} folds");
        var ends = walk.DifferenceInterval is { } interval
            ? Ends(interval)
            : Invariant($", without an interval, for which {SelectionCorrection.MinRows} rows are needed");
        return $"{Baseline.Find(walk.BestBaseline).Phrase}{BestOf(walk.Baselines.Count)} in a walk-forward of {folds} over "
            + Invariant($"{walk.Rows} {(walk.Rows == 1 ? "row" : "rows")}{Dates(walk.Dates)}: loss {walk.Loss:G5} against ")
            + Invariant($"{walk.Baselines[walk.BestBaseline]:G5}, {walk.Difference:+0.####;-0.####;0}{ends}");
    }

    private static string Registered(Verdict verdict, string reason)
    {
        var parts = Parts(verdict) is { } model ? $" ({model})" : "";
        return $"the registered model{parts} has "
            + Invariant($"loss {verdict.Loss:G5} on the validation rows, selected among {verdict.Looks} on them, where ")
            + $"{Baseline.Find(verdict.BestBaseline).Phrase} has {Invariant($"{verdict.BaselineLoss:G5}")}; "
            + Corrected(verdict, reason) + Test(verdict);
    }

    // What the model is made of; null for the best trial alone.
    private static string? Parts(Verdict verdict)
    {
        var networks = verdict.Networks == 1 ? "the best trial" : Invariant($"the mean of {verdict.Networks} trials");
        if (verdict.LinearMembers is not { Count: > 0 } linear) return verdict.Networks == 1 ? null : networks;
        var parts = Baseline.InOrder(linear).Select(member => Invariant($"{member.Value:P0} {Baseline.Find(member.Key).Phrase}"));
        return Invariant($"{1 - linear.Values.Sum():P0} {networks}, {string.Join(", ", parts)}");
    }

    private static string Test(Verdict verdict) => verdict.Test is not { } test ? "" :
        Invariant($"; on {test.Rows} test rows{Dates(test.Dates)}, which selected nothing, {test.Loss:G5}, ")
        + ToThatBaseline(test.Difference, test.DifferenceInterval);

    private static string BestOf(int baselines) => baselines == 1 ? "" : Invariant($", the best of {baselines} baselines");

    private static string ToThatBaseline(double difference, Interval interval) =>
        Invariant($"{difference:+0.####;-0.####;0} to that baseline") + Ends(interval);

    private static string Ends(Interval interval) => Invariant($" (95 % {interval.Low:G3} to {interval.High:G3})");

    private static string Dates(DateRange? range) =>
        range is null ? "" : Invariant($" ({range.First:yyyy-MM-dd} to {range.Last:yyyy-MM-dd})");

    private static string Corrected(Verdict verdict, string reason) =>
        verdict is { CorrectedLoss: { } loss, CorrectedInterval: { } interval, Difference: { } difference, DifferenceInterval: { } ends }
            ? Invariant($"corrected for the selection among trials {loss:G5} (95 % {interval.Low:G4} to {interval.High:G4}), ")
                + ToThatBaseline(difference, ends)
            : $"not corrected for that selection, because {reason}";
}

/// <summary>Losses on the rows that selected a model.</summary>
public sealed record StudyLosses
{
    /// <summary>Loss of the model.</summary>
    public required double Loss { get; init; }

    /// <summary>Number of trials whose mean is in the model; 1 for the best trial alone.</summary>
    public int Networks { get; init; } = 1;

    /// <summary>Share in the model of every baseline that is part of it, by name; null where it is networks alone.</summary>
    public IReadOnlyDictionary<string, double>? LinearMembers { get; init; }

    /// <summary>Losses of the baselines, by name; one or more.</summary>
    public required IReadOnlyDictionary<string, double> Baselines { get; init; }

    /// <summary>Number of the rows; 0 where it is not known.</summary>
    public required int Rows { get; init; }

    /// <summary>Their dates; null without dates.</summary>
    public DateRange? Dates { get; init; }

    /// <summary>Number of losses among which the best was selected: one for every epoch of every trial.</summary>
    public required long Looks { get; init; }
}

/// <summary>Figures of a study that are corrected for the selection of its best trial.</summary>
/// <param name="Loss">Expected loss of what is selected, on rows that did not select it.</param>
/// <param name="LossInterval">Its 95 % interval.</param>
/// <param name="Difference">The same less the loss of the best baseline.</param>
/// <param name="DifferenceInterval">Its 95 % interval.</param>
public sealed record CorrectedFigures(double Loss, Interval LossInterval, double Difference, Interval DifferenceInterval);
