using CsCheck;
using MacroCausal.Data.Evaluation;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class SelectionTests
{
    private static readonly Gen<double[][]> Losses = Gen.Double[0, 4].Array[40].Array[1, 12];

    [Fact]
    public void What_selection_gains_by_chance_is_taken_away()
    {
        // Forty trials of the same quality: the least of them looks better than it is.
        var (raw, corrected) = (0.0, 0.0);
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            double[][] trials = [.. Enumerable.Range(0, 40).Select(_ => SquaredNormals(random, 100))];
            raw += trials.Min(trial => trial.Average()) / 30;
            corrected += SelectionCorrection.Of(trials, SquaredNormals(random, 100), seed).Loss / 30;
        }

        raw.ShouldBeLessThan(0.75);
        corrected.ShouldBe(1, 0.06);
    }

    [Fact]
    public void One_trial_needs_no_correction_and_a_trial_that_is_the_baseline_does_not_differ_from_it()
    {
        var loss = SquaredNormals(new Random(1), 400);
        var figures = SelectionCorrection.Of([loss], loss, 7);
        figures.Loss.ShouldBe(loss.Average(), 0.03);
        (figures.Difference, figures.DifferenceInterval).ShouldBe((0, new(0, 0)));
        figures.LossInterval.Low.ShouldBeLessThan(loss.Average());
        figures.LossInterval.High.ShouldBeGreaterThan(loss.Average());
    }

    [Fact]
    public void The_correction_scales_with_the_losses_and_is_the_same_every_time() =>
        Losses.Sample(
            trials =>
            {
                var figures = SelectionCorrection.Of(trials, trials[0], 3);
                SelectionCorrection.Of(trials, trials[0], 3).ShouldBe(figures);
                figures.LossInterval.Low.ShouldBeLessThanOrEqualTo(figures.Loss);
                figures.LossInterval.High.ShouldBeGreaterThanOrEqualTo(figures.Loss);
                double[][] doubled = [.. trials.Select(trial => Array.ConvertAll(trial, loss => 2 * loss))];
                SelectionCorrection.Of(doubled, doubled[0], 3).Loss.ShouldBe(2 * figures.Loss, 1e-6);
            },
            iter: 20);

    [Fact]
    public void A_trial_that_is_clearly_better_has_an_interval_below_zero()
    {
        var random = new Random(5);
        double[][] trials = [.. Enumerable.Range(0, 20).Select(_ => SquaredNormals(random, 100))];
        double[] worse = Array.ConvertAll(SquaredNormals(random, 100), loss => 4 * loss);
        SelectionCorrection.Of(trials, worse, 1).DifferenceInterval.High.ShouldBeLessThan(0);
    }

    [Fact]
    public void The_confidence_set_drops_what_is_clearly_worse_and_keeps_what_is_alike()
    {
        var random = new Random(11);
        var common = SquaredNormals(random, 200);
        double[] With(double worse) => Array.ConvertAll(common, loss => loss + worse + (0.2 * random.NextDouble()));
        var losses = new Dictionary<string, double[]> { ["a"] = With(0), ["b"] = With(0), ["c"] = With(1), ["d"] = With(0.5) };
        var values = ModelConfidenceSet.PValues(losses, seed: 2);
        values["c"].ShouldBeLessThan(0.01);
        values["d"].ShouldBeLessThan(0.01);
        Math.Min(values["a"], values["b"]).ShouldBeGreaterThan(0.05);
    }

    [Fact]
    public void One_model_has_the_p_value_one_and_models_that_are_the_same_all_have_it() =>
        Losses.Where(models => models.Length > 1).Sample(
            models =>
            {
                var losses = models.Index().ToDictionary(model => $"m{model.Index}", model => model.Item);
                var values = ModelConfidenceSet.PValues(losses, seed: 1);
                values.Values.ShouldAllBe(value => value >= 0 && value <= 1);
                values.Count(value => value.Value == 1).ShouldBeGreaterThanOrEqualTo(1);
                values = ModelConfidenceSet.PValues(new Dictionary<string, double[]> { ["m"] = models[0], ["copy"] = models[0] }, 1);
                values.Values.ShouldAllBe(value => value == 1);
            },
            iter: 20);

    private static double[] SquaredNormals(Random random, int rows) =>
        [.. Enumerable.Range(0, rows).Select(_ => Math.Pow(MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1), 2))];
}
