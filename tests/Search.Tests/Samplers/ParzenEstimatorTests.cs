using CsCheck;
using MacroCausal.Search.Samplers;
using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Tests.Samplers;

public sealed class ParzenEstimatorTests
{
    private static readonly Uniform Unit = new("x", 0, 1);

    [Fact]
    public void Univariate_bandwidths_are_the_larger_gaps() =>
        Bandwidths.Univariate([0.9, 0.2, 0.5], 0, 1).Zip([0.4, 0.3, 0.4]).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-15);

    [Fact]
    public void One_observation_looks_to_the_farther_bound() => Bandwidths.Univariate([0.2], 0, 1).ShouldBe([0.8]);

    [Fact]
    public void Bandwidths_are_clipped()
    {
        Bandwidths.Univariate([0.5, 0.5, 0.5], 0, 1).ShouldBe([0.2, 0.2, 0.2]);
        Bandwidths.Univariate([.. Enumerable.Repeat(0.5, 500)], 0, 2).ShouldAllBe(sigma => sigma == 0.02);
    }

    [Fact]
    public void Multivariate_bandwidths_follow_the_number_of_observations()
    {
        Bandwidths.Multivariate(50, 2, 1, 3).ShouldAllBe(sigma => Math.Abs(sigma - (0.4 * Math.Pow(50, -1.0 / 6))) < 1e-15);
        Bandwidths.Multivariate(1, 2, 0, 1).ShouldBe([1.0 / 3]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 2)]
    [InlineData(241, 25)]
    [InlineData(100_000, 25)]
    public void A_tenth_of_the_observations_counts_as_good(int observed, int below) => new TpeOptions().Below(observed).ShouldBe(below);

    [Fact]
    public void Old_observations_weigh_less_and_the_prior_weighs_one()
    {
        ObservationWeights.LogWeights(3).ShouldAllBe(weight => Math.Abs(Math.Exp(weight) - 0.25) < 1e-15);
        var weights = Relative(28);
        weights[..4].ShouldBe([1.0 / 28, 0.5 * (1 + (1.0 / 28)), 1, 1], 1e-12);
        weights[4..].ShouldAllBe(weight => Math.Abs(weight - 1) < 1e-12);
        weights.Length.ShouldBe(29);
        Relative(26)[0].ShouldBe(1.0 / 26, 1e-12);
        ObservationWeights.LogWeights(500).Sum(Math.Exp).ShouldBe(1, 1e-12);

        static double[] Relative(int count)
        {
            var log = ObservationWeights.LogWeights(count);
            return [.. log.Select(weight => Math.Exp(weight - log[^1]))];
        }
    }

    [Fact]
    public void A_numeric_mixture_is_the_weighted_sum_of_its_truncated_normals()
    {
        double[] observations = [0.2, 0.5, 0.9];
        var mixture = new ParzenEstimator(
            [new NumericKernels(Unit, observations, Bandwidths.Univariate(observations, 0, 1))], ObservationWeights.LogWeights(3));
        (double Mean, double Sigma)[] kernels = [(0.2, 0.3), (0.5, 0.4), (0.9, 0.4), (0.5, 1)];
        foreach (var x in new[] { 0, 0.1, 0.5, 0.77, 1 })
        {
            var expected = kernels.Sum(kernel => 0.25 * Math.Exp(new TruncatedNormal(kernel.Mean, kernel.Sigma, 0, 1).LogDensity(x)));
            Math.Exp(mixture.LogDensity([x])).ShouldBe(expected, 1e-13);
        }
    }

    [Fact]
    public void A_categorical_mixture_smooths_what_was_never_seen()
    {
        var mixture = new ParzenEstimator([new CategoricalKernels(3, [0, 0])], ObservationWeights.LogWeights(2));
        Math.Exp(mixture.LogDensity([0])).ShouldBe(5.0 / 9, 1e-15);
        Math.Exp(mixture.LogDensity([1])).ShouldBe(2.0 / 9, 1e-15);
    }

    [Fact]
    public void Probabilities_of_whole_numbers_and_choices_sum_to_one() =>
        Gen.Int[0, 6].Array[0, 40].Sample(observed =>
        {
            double[] observations = [.. observed.Select(value => (double)value)];
            var range = new IntegerRange("i", 0, 6);
            var weights = ObservationWeights.LogWeights(observations.Length);
            var whole = new ParzenEstimator(
            [new NumericKernels(range, observations, Bandwidths.Univariate(observations, range.ScaleLow, range.ScaleHigh))], weights);
            var choice = new ParzenEstimator([new CategoricalKernels(7, observations)], weights);
            Enumerable.Range(0, 7).Sum(value => Math.Exp(whole.LogDensity([value]))).ShouldBe(1, 1e-12);
            Enumerable.Range(0, 7).Sum(value => Math.Exp(choice.LogDensity([value]))).ShouldBe(1, 1e-12);
        });

    [Fact]
    public void A_multivariate_mixture_keeps_what_goes_together_together()
    {
        double[] xs = [.. Enumerable.Repeat(0.2, 20), .. Enumerable.Repeat(0.8, 20)];
        double[] choices = [.. Enumerable.Repeat(0.0, 20), .. Enumerable.Repeat(1.0, 20)];
        var mixture = new ParzenEstimator(
            [new NumericKernels(Unit, xs, Bandwidths.Multivariate(40, 2, 0, 1)), new CategoricalKernels(2, choices)],
            ObservationWeights.LogWeights(40));
        (mixture.LogDensity([0.2, 0]) - mixture.LogDensity([0.2, 1])).ShouldBeGreaterThan(2);
        var random = new RandomStream(1);
        var point = new double[2];
        var together = 0;
        for (var draw = 0; draw < 1000; draw++)
        {
            mixture.Draw(random, point);
            if ((point[0] > 0.5) == (point[1] == 1)) together++;
        }

        together.ShouldBeInRange(900, 990);
    }

    [Fact]
    public void Draws_follow_the_density()
    {
        double[] observations = [0.1, 0.15, 0.8];
        var mixture = new ParzenEstimator(
            [new NumericKernels(Unit, observations, Bandwidths.Univariate(observations, 0, 1))], ObservationWeights.LogWeights(3));
        var counts = new int[10];
        var random = new RandomStream(2);
        var point = new double[1];
        for (var draw = 0; draw < 20_000; draw++)
        {
            mixture.Draw(random, point);
            counts[(int)(point[0] * 10)]++;
        }

        for (var bin = 0; bin < 10; bin++)
        {
            var expected = Enumerable.Range(0, 100).Sum(step => Math.Exp(mixture.LogDensity([(bin + ((step + 0.5) / 100)) / 10])) * 0.001);
            (counts[bin] / 20_000.0).ShouldBe(expected, 0.012);
        }
    }

    [Fact]
    public void Points_far_from_every_observation_keep_their_order()
    {
        var far = new ParzenEstimator([new NumericKernels(new Uniform("x", 0, 1e4), [0.0], [1.0])], [0, double.NegativeInfinity]);
        far.LogDensity([5000]).ShouldBe(-12_500_000, 10);
        far.LogDensity([5000]).ShouldBeGreaterThan(far.LogDensity([5001]));
    }
}
