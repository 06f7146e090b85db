using CsCheck;
using MacroCausal.Reporting.Features;
using MacroCausal.TestKit;

namespace MacroCausal.Reporting.Tests.Features;

public sealed class PermutationImportanceTests
{
    private static readonly double[] Weights = [2, -1, 0.5, 0];
    private static readonly double[] Deviations = [1, 3, 2, 1];

    [Fact]
    public void Of_a_sum_of_columns_the_rise_is_twice_the_square_of_the_weight_times_the_variance()
    {
        const int Rows = 150;
        var (rows, noise) = Linear(Rows, 1);

        var rises = PermutationImportance.Of(rows, Each, Sum, repeats: 1_000, blockRows: 1, seed: 3);

        foreach (var (column, rise) in rises.Index())
        {
            double[] values = [.. Enumerable.Range(0, Rows).Select(row => (double)rows.Features[(row * Weights.Length) + column])];
            var (mean, weight) = (values.Average(), Weights[column]);
            var variance = values.Average(value => Math.Pow(value - mean, 2));
            // What the noise happens to have in common with the column comes on top.
            var chance = values.Zip(noise, (value, error) => (value - mean) * error).Average();
            var exact = rows.TargetScale * rows.TargetScale * ((2 * weight * weight * variance) + (2 * weight * chance));
            rise.Mean.ShouldBe(exact, (0.02 * exact) + 1e-12, $"column {column}");
        }
    }

    [Fact]
    public void The_interval_holds_the_true_rise_about_as_often_as_it_says()
    {
        const int Studies = 150;
        var held = new int[3];
        for (var study = 0; study < Studies; study++)
        {
            var (rows, _) = Linear(100, (ulong)(100 + study));
            var rises = PermutationImportance.Of(rows, [[0], [1], [2]], Sum, repeats: 10, blockRows: 5, seed: study);
            foreach (var (column, rise) in rises.Index())
            {
                var truth = rows.TargetScale * rows.TargetScale * 2 * Math.Pow(Weights[column] * Deviations[column], 2);
                held[column] += rise.Low <= truth && truth <= rise.High ? 1 : 0;
            }
        }

        held.ShouldAllBe(count => count >= 0.87 * Studies);
        held.Sum().ShouldBeLessThan(held.Length * Studies, "an interval that always holds it is too wide");
    }

    [Fact]
    public void Columns_of_one_source_are_shuffled_together()
    {
        // The difference of a column and its copy, which shuffling both leaves at 0.
        var features = Enumerable.Range(0, 60).SelectMany(row => Enumerable.Repeat((float)Math.Sin(row), 2)).ToArray();
        var rows = new LabelledRows(features, new float[60], 1);
        static float[] Difference(ReadOnlySpan<float> x)
        {
            var forecasts = new float[x.Length / 2];
            for (var row = 0; row < forecasts.Length; row++)
            {
                forecasts[row] = x[2 * row] - x[(2 * row) + 1];
            }

            return forecasts;
        }

        var rises = PermutationImportance.Of(rows, [[0, 1], [0]], Difference, repeats: 5, blockRows: 4, seed: 1);

        rises[0].ShouldBe(new Rise(0, 0, 0));
        rises[1].Low.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void An_order_has_every_row_once_and_most_neighbours_stay_neighbours() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 20], Gen.Int).Sample((rows, block, seed) =>
        {
            var order = PermutationImportance.Order(rows, block, new Random(seed));
            var parted = order.Zip(order.Skip(1)).Count(pair => pair.Second != (pair.First + 1) % rows);
            return order.Order().SequenceEqual(Enumerable.Range(0, rows)) && parted <= ((rows + block - 1) / block) + 1;
        });

    [Fact]
    public void Every_row_gets_the_values_of_any_row_equally_often()
    {
        const int Rows = 11;
        const int Draws = 22_000;
        var random = new Random(5);
        var counts = new int[Rows, Rows];
        for (var draw = 0; draw < Draws; draw++)
        {
            foreach (var (row, from) in PermutationImportance.Order(Rows, 3, random).Index())
            {
                counts[row, from]++;
            }
        }

        // 2,000 expected, with a standard deviation of 43.
        counts.Cast<int>().ShouldAllBe(count => Math.Abs(count - (Draws / Rows)) < 250);
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures()
    {
        var (rows, _) = Linear(60, 9);
        IReadOnlyList<Rise> Of(int seed) => PermutationImportance.Of(rows, Each, Sum, 5, 4, seed);

        Of(1).ShouldBe(Of(1));
        Of(1).ShouldNotBe(Of(2));
    }

    private static int[][] Each => [.. Enumerable.Range(0, Weights.Length).Select(column => new[] { column })];

    private static (LabelledRows Rows, double[] Noise) Linear(int count, ulong seed)
    {
        var features = new float[count * Weights.Length];
        for (var place = 0; place < features.Length; place++)
        {
            features[place] = (float)(Deviations[place % Weights.Length] * SeededRandom.Normal(seed, 0, 0, place));
        }

        double[] noise = [.. Enumerable.Range(0, count).Select(row => 0.5 * SeededRandom.Normal(seed, 1, 0, row))];
        float[] target = [.. Sum(features).Zip(noise, (forecast, error) => (float)(forecast + error))];
        return (new LabelledRows(features, target, TargetScale: 1.5), noise);
    }

    private static float[] Sum(ReadOnlySpan<float> features)
    {
        var forecasts = new float[features.Length / Weights.Length];
        for (var place = 0; place < features.Length; place++)
        {
            forecasts[place / Weights.Length] += (float)(Weights[place % Weights.Length] * features[place]);
        }

        return forecasts;
    }
}
