using CsCheck;
using MacroCausal.Reporting.Statistics;
using MacroCausal.TestKit;

namespace MacroCausal.Reporting.Tests.Statistics;

/// <summary>
/// Functions of uniform hyperparameters whose set of best points has a marginal density that is known in closed form: its integral of
/// squares less 1 is the divergence D, and gamma / (1 - gamma) * D the share of variance.
/// </summary>
public sealed class PedAnovaTests
{
    private const int Points = 20_000;
    private const double Gamma = PedAnova.BestShare;

    [Fact]
    public void One_hyperparameter_that_decides_alone_has_all_of_the_variance()
    {
        var found = Of(point => point[0], 3);

        found[0].Share.ShouldBe(1, 0.08, "smoothing blurs the edge of the best tenth");
        found[0].Relative.ShouldBe(1, 0.01);
        found[1].Share.ShouldBeLessThan(0.01);
        found[2].Share.ShouldBeLessThan(0.01);
    }

    [Fact]
    public void A_weighted_sum_has_the_shares_of_the_triangle_that_is_cut_off()
    {
        // a x + b y <= c with gamma = c^2 / (2 a b): the marginals are triangles of length c / a and c / b.
        var (a, b) = (3.0, 1.0);
        var c = Math.Sqrt(2 * a * b * Gamma);
        double Share(double weight) => Gamma / (1 - Gamma) * ((4 * weight / (3 * c)) - 1);

        var found = Of(point => (a * point[0]) + (b * point[1]), 3);

        found[0].Share.ShouldBe(Share(a), 0.05 * Share(a));
        found[1].Share.ShouldBe(Share(b), 0.05 * Share(b));
        found[0].Relative.ShouldBe(Share(a) / (Share(a) + Share(b)), 0.02);
        found[2].Share.ShouldBeLessThan(0.01);
    }

    [Fact]
    public void A_bowl_has_the_shares_of_the_ellipse_at_its_bottom()
    {
        // (x - 1/2)^2 + w (y - 1/2)^2 <= r^2 with gamma = pi r^2 / sqrt(w): the marginals are half circles of radius r and r / sqrt(w).
        const double Weight = 0.25;
        var radius = Math.Sqrt(Gamma * Math.Sqrt(Weight) / Math.PI);
        double Share(double half) => Gamma / (1 - Gamma) * ((16 / (3 * Math.PI * Math.PI * half)) - 1);

        var found = Of(point => Math.Pow(point[0] - 0.5, 2) + (Weight * Math.Pow(point[1] - 0.5, 2)), 2);

        // Smoothing flattens the half circles, the wide one by a tenth.
        var (narrow, wide) = (Share(radius), Share(radius / Math.Sqrt(Weight)));
        found[0].Share.ShouldBe(narrow, 0.12 * narrow);
        found[1].Share.ShouldBe(wide, 0.12 * wide);
        found[0].Relative.ShouldBe(narrow / (narrow + wide), 0.03);
    }

    [Fact]
    public void Of_categories_the_shares_are_those_of_the_counts()
    {
        // All of the best are in one of four categories, each as frequent: D = 4 - 1.
        var values = Enumerable.Range(0, 400).Select(trial => (double)(trial % 4)).ToArray();
        var losses = values.Select((value, trial) => value == 2 ? trial : 1_000.0 + trial).ToArray();

        var found = PedAnova.Of([new HyperparameterValues(values, 4)], losses, 1).ShouldHaveSingleItem();

        found.Share.ShouldBe(0.1 / 0.9 * 3, 1e-12);
    }

    [Fact]
    public void A_share_is_from_0_to_1_whatever_the_values() => Gen.Select(
        Gen.Double[0, 1].Array[20, 60], Gen.ULong).Sample((values, seed) =>
        {
            var losses = values.Select((_, trial) => SeededRandom.Of(seed, trial)).ToArray();
            var categories = values.Select(value => Math.Floor(2.999 * value)).ToArray();
            var found = PedAnova.Of([new HyperparameterValues(values), new HyperparameterValues(categories, 3)], losses, (long)seed);
            return found.All(one => one.Share is >= 0 and <= 1 + 1e-9 && one.Chance is >= 0 and <= 1 + 1e-9);
        },
        iter: 20);

    [Fact]
    public void The_same_seed_gives_the_same_figures() => Of(point => point[0], 2, 200).ShouldBe(Of(point => point[0], 2, 200));

    [Fact]
    public void What_does_not_matter_exceeds_chance_once_in_twenty_times()
    {
        var above = Enumerable.Range(0, 100).Count(study =>
        {
            var values = Enumerable.Range(0, 40).Select(trial => SeededRandom.Of(3, study, trial, 0)).ToArray();
            var losses = Enumerable.Range(0, 40).Select(trial => SeededRandom.Of(3, study, trial, 1)).ToArray();
            var found = PedAnova.Of([new HyperparameterValues(values)], losses, study)[0];
            return found.Share > found.ChanceHigh;
        });

        // 99.8 % of binomial draws (100, 0.05) are at most 13.
        above.ShouldBeInRange(0, 13);
    }

    private static IReadOnlyList<Importance> Of(Func<double[], double> loss, int dimensions, int points = Points)
    {
        double[][] values = [.. Enumerable.Range(0, dimensions)
            .Select(dimension => Enumerable.Range(0, points).Select(point => SeededRandom.Of(5, dimension, point)).ToArray())];
        double[] losses = [.. Enumerable.Range(0, points).Select(point => loss([.. values.Select(one => one[point])]))];
        return PedAnova.Of([.. values.Select(one => new HyperparameterValues(one))], losses, 1);
    }
}
