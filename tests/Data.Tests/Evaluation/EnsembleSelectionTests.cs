using CsCheck;
using MacroCausal.Data.Evaluation;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class EnsembleSelectionTests
{
    private const int Rows = 30;

    private static readonly Gen<double[][]> Errors = Gen.Double[-2, 2].Array[Rows].Array[1, 8];

    private static readonly Gen<double[]> Weights = Gen.Int[0, 3].Select(value => (double)value).Array[Rows];

    [Fact]
    public void Each_step_takes_what_lowers_the_error_of_the_mean_most_and_the_best_stage_is_kept() =>
        Gen.Select(Errors, Weights, Gen.Int[1, 6]).Sample((errors, weights, size) =>
        {
            var counts = EnsembleSelection.Select(errors, weights, size);
            Loss(errors, counts, weights).ShouldBe(Plain(errors, weights, size), 1e-9);
            counts.Sum().ShouldBeInRange(1, size);
        });

    [Fact]
    public void The_ensemble_is_on_its_own_rows_never_worse_than_the_best_candidate() =>
        Gen.Select(Errors, Weights).Sample((errors, weights) =>
        {
            var best = Enumerable.Range(0, errors.Length).Min(candidate => Loss(errors, One(errors.Length, candidate), weights));
            Loss(errors, EnsembleSelection.Select(errors, weights, 10), weights).ShouldBeLessThanOrEqualTo(best + 1e-12);
        });

    [Fact]
    public void The_error_of_the_mean_is_the_members_mean_error_less_their_spread() =>
        Errors.Sample(errors =>
        {
            var counts = EnsembleSelection.Select(errors, [.. Enumerable.Repeat(1.0, Rows)], 10);
            var gain = EnsembleGain.Of(errors, counts);
            var mean = EnsembleSelection.Mean(errors, counts);
            var spread = errors.Zip(counts, (error, count) =>
                count / (double)counts.Sum() * error.Zip(mean, (own, common) => Math.Pow(own - common, 2)).Average()).Sum();
            gain.Spread.ShouldBe(spread, 1e-9);
            gain.Loss.ShouldBe(mean.Average(error => error * error), 1e-12);
        });

    [Fact]
    public void What_the_selection_of_members_gains_by_chance_is_taken_away_too()
    {
        // Twenty forecasts with errors of pure noise: the mean of any four has a true loss of a fourth; the selected one looks better.
        const int Studies = 6;
        var (raw, corrected) = (0.0, 0.0);
        for (var seed = 0; seed < Studies; seed++)
        {
            var random = new Random(seed);
            double[] Normals() => [.. Enumerable.Range(0, 100).Select(_ => Normal(random))];
            double[][] errors = [.. Enumerable.Range(0, 20).Select(_ => Normals()).OrderBy(trial => trial.Sum(error => error * error))];
            double[] baseline = [.. Normals().Select(error => error * error)];
            raw += EnsembleGain.Of(errors, SelectionCorrection.SelectEnsemble(errors, 4)).Loss / Studies;
            corrected += SelectionCorrection.WithEnsemble(errors, baseline, 4, seed).Ensemble.Loss / Studies;
        }

        raw.ShouldBeLessThan(0.2);
        corrected.ShouldBe(0.25, 0.04);
    }

    [Fact]
    public void The_best_trial_has_the_same_figures_with_an_ensemble_beside_it()
    {
        var random = new Random(3);
        double[][] errors = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 60).Select(_ => Normal(random)).ToArray())];
        double[][] squares = [.. errors.Select(trial => Array.ConvertAll(trial, error => error * error))];
        SelectionCorrection.WithEnsemble(errors, squares[5], 4, 11).Best.ShouldBe(SelectionCorrection.Of(squares, squares[5], 11));
    }

    [Fact]
    public void A_combination_without_others_has_the_figures_of_its_networks()
    {
        var random = new Random(4);
        double[][] errors = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 60).Select(_ => Normal(random)).ToArray())];
        double[] baseline = [.. errors[5].Select(error => error * error)];
        var (best, ensemble) = SelectionCorrection.WithEnsemble(errors, baseline, 4, 11);
        var none = new double[60];

        SelectionCorrection.OfCombination(errors, 1, none, baseline, 1, 11).ShouldBe(best);
        SelectionCorrection.OfCombination(errors, 1, none, baseline, 4, 11).ShouldBe(ensemble);
        SelectionCorrection.OfCombination(errors, 0.5, none, baseline, 4, 11).Loss.ShouldBe(ensemble.Loss / 4, 1e-9);
        var same = SelectionCorrection.OfCombination([errors[5]], 0.3, [.. errors[5].Select(error => 0.7 * error)], baseline, 1, 11);
        same.Difference.ShouldBe(0, 1e-9, "what is combined is the baseline itself");
    }

    private static double Plain(double[][] errors, double[] weights, int size)
    {
        var counts = new int[errors.Length];
        var best = double.PositiveInfinity;
        for (var step = 0; step < size; step++)
        {
            var joining = Enumerable.Range(0, errors.Length)
                .MinBy(candidate => Loss(errors, [.. counts.Select((count, index) => index == candidate ? count + 1 : count)], weights));
            counts[joining]++;
            best = Math.Min(best, Loss(errors, counts, weights));
        }

        return best;
    }

    private static double Loss(double[][] errors, int[] counts, double[] weights) =>
        EnsembleSelection.Mean(errors, counts).Zip(weights, (error, weight) => weight * error * error).Sum();

    private static int[] One(int candidates, int selected) =>
        [.. Enumerable.Range(0, candidates).Select(index => index == selected ? 1 : 0)];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
