using CsCheck;
using MacroCausal.Contracts;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class StudyVerdictTests
{
    private static readonly Dictionary<string, double> Baselines = new() { ["mean"] = 9, ["ar"] = 4, ["ridge"] = 5 };

    [Fact]
    public void A_loss_on_the_rows_that_selected_it_never_shows_that_a_trial_is_better() =>
        Gen.Double[0.01, 10].Sample(loss => Of(loss, null).Word.ShouldBe(loss < 4 ? "not shown" : "not better"));

    [Fact]
    public void Better_needs_an_interval_of_the_difference_below_zero() =>
        (from difference in Gen.Double[-2, 2]
         from half in Gen.Double[0, 2]
         select (difference, half)).Sample(
            sample =>
            {
                var (difference, half) = sample;
                var figures = new CorrectedFigures(4 + difference, new(1, 9), difference, new(difference - half, difference + half));
                Of(1, figures).Word.ShouldBe(difference >= 0 ? "not better" : difference + half < 0 ? "better" : "not shown");
            });

    [Fact]
    public void The_sentence_says_what_the_model_is_made_of()
    {
        var losses = Losses(1) with { Networks = 3, LinearMembers = new Dictionary<string, double> { ["ridge"] = 0.2, ["ar"] = 0.3 } };

        var verdict = StudyVerdict.Of(losses, null, "nobody kept them");

        verdict.Sentence.ShouldContain(": loss 1 of 50 % the mean of 3 trials, 30 % an autoregression, 20 % a ridge regression, selected");
        StudyVerdict.Of(losses with { Networks = 1 }, null, "").Sentence.ShouldContain("of 50 % the best trial, 30 %");
        verdict.LinearMembers.ShouldBe(losses.LinearMembers);
    }

    [Fact]
    public void The_sentence_names_the_baseline_the_rows_the_dates_the_looks_and_both_losses()
    {
        var figures = new CorrectedFigures(3.25, new Interval(2, 5), -0.75, new Interval(-1.5, 0.25));
        Of(3, figures).Sentence.ShouldBe(
            "not shown to be better than an autoregression, the best of 3 baselines (4) on 40 validation rows (1999-07-01 to 2009-04-01): "
            + "loss 3, selected among 303 on these rows; corrected for the selection among trials 3.25 (95 % 2 to 5), "
            + "-0.75 to that baseline (95 % -1.5 to 0.25)");
        Of(4.5, null, networks: 3).Sentence.ShouldBe(
            "not better than an autoregression, the best of 3 baselines (4) on 40 validation rows (1999-07-01 to 2009-04-01): "
            + "loss 4.5 of the mean of 3 trials, selected among 303 on these rows; not corrected for that selection, "
            + "because nobody kept them");
    }

    [Fact]
    public void A_loss_that_is_no_number_is_not_better() => Of(double.NaN, null).Word.ShouldBe("not better");

    [Fact]
    public void Where_there_are_test_rows_the_word_rests_on_them() =>
        Gen.Select(Gen.Double[-1, 1], Gen.Int[0, 1000]).Sample(
            (shift, seed) =>
            {
                var random = new Random(seed);
                double[] target = [.. Enumerable.Range(0, 30).Select(_ => random.NextDouble())];
                double[] Off(double by) => [.. target.Select(value => value + by + (0.2 * random.NextDouble()))];
                var others = new Dictionary<string, double[]> { ["ar"] = Off(0.3) };
                var forecasts = new BaselineForecasts { Target = target, Forecasts = others };
                var test = StudyVerdict.OnTest(Off(shift), forecasts, "ar", dates: null, horizon: 1)!;
                var word = StudyVerdict.Of(Losses(1), null, "", test).Word;
                word.ShouldBe(test.Difference >= 0 ? "not better" : test.PValue < 0.05 ? "better" : "not shown");
                test.Baselines["ar"].ShouldBe(test.Loss - test.Difference, 1e-9);
                StudyVerdict.OnTest(Off(shift)[..19], forecasts, "ar", null, 1).ShouldBeNull("there are too few rows");
            },
            iter: 200);

    private static Verdict Of(double loss, CorrectedFigures? figures, int networks = 1) =>
        StudyVerdict.Of(Losses(loss) with { Networks = networks }, figures, "nobody kept them");

    private static StudyLosses Losses(double loss) => new()
    {
        Loss = loss,
        Baselines = Baselines,
        Rows = 40,
        Dates = new DateRange(new(1999, 7, 1, 0, 0, 0, default), new(2009, 4, 1, 0, 0, 0, default)),
        Looks = 303,
    };
}
