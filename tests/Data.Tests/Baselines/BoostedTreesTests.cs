using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Baselines;

public sealed class BoostedTreesTests
{
    // One round of full steps whose leaves may hold a single row.
    private const string Exact = "objective=regression learning_rate=1 min_data_in_leaf=1 min_sum_hessian_in_leaf=0 min_data_in_bin=1 "
        + "num_threads=1 verbosity=-1";

    [Fact]
    public void A_stump_has_the_means_of_both_sides()
    {
        double[] inputs = [1, 2, 3, 10, 11, 12];
        var tree = LightGbm.Grow(inputs, [1, 2, 3, 20, 21, 25], 1, Exact + " num_leaves=2", default).ShouldHaveSingleItem();
        tree.IsOf(inputs: 1).ShouldBeTrue();
        tree.Thresholds[0].ShouldBeInRange(3, 10);
        tree.Value([3f], []).ShouldBe(2, 1e-6);
        tree.Value([], [10.0]).ShouldBe(22, 1e-6);
    }

    [Fact]
    public void A_tree_with_a_leaf_for_every_row_gives_back_their_targets()
    {
        var random = new Random(5);
        double[] inputs = [.. Enumerable.Range(0, 64).Select(_ => random.NextDouble())];
        float[] target = [.. Enumerable.Range(0, 32).Select(_ => (float)random.NextDouble())];
        var trees = LightGbm.Grow(inputs, target, 1, Exact + " num_leaves=32", default);
        for (var row = 0; row < 32; row++)
        {
            trees.Sum(tree => tree.Value([(float)inputs[2 * row]], [inputs[(2 * row) + 1]])).ShouldBe(target[row], 1e-6);
        }
    }

    [Fact]
    public void What_LightGBM_refuses_is_said()
    {
        Should.Throw<InvalidOperationException>(() => LightGbm.Grow([1, 2], [1, 2], 1, "objective=nonsense", default))
            .Message.ShouldContain("nonsense");
    }

    [Fact]
    public void A_law_that_no_line_follows_is_learned()
    {
        var series = Series(600, (random, _) =>
        {
            float[] features = [random.NextSingle() - 0.5f, random.NextSingle() - 0.5f, random.NextSingle()];
            return (features, Math.Sign(features[0] * features[1]) + (0.1f * random.NextSingle()));
        });
        Error("boostedTrees", series).ShouldBeLessThan(0.3 * Error("ridge", series));
    }

    [Fact]
    public void A_level_that_leaves_its_range_is_followed_from_its_last_value()
    {
        var level = 0f;
        var series = Series(300, (random, _) =>
        {
            level += 0.05f + (0.02f * (random.NextSingle() - 0.5f));
            return ([random.NextSingle()], level);
        });
        Sum(series).LagWeights[0].ShouldBe(1);
        Error("boostedTrees", series).ShouldBeLessThan(Error("lastValue", series));
    }

    [Fact]
    public void The_same_rows_give_the_same_trees_and_later_rows_are_not_seen()
    {
        BaselineSeries Noise(float later) => Series(
            120, (random, row) => ([random.NextSingle(), random.NextSingle()], random.NextSingle() + (row < 60 ? 0 : later)), 60);
        var first = Bytes(Noise(0));
        Bytes(Noise(0)).ShouldBe(first);
        Bytes(Noise(100)).ShouldBe(first);
    }

    [Fact]
    public void Trees_go_to_json_and_back()
    {
        var series = Series(200, (random, _) => ([random.NextSingle(), random.NextSingle()], random.NextSingle()));
        FittedBaseline[] fitted = [new("boostedTrees", Sum(series))];
        var read = FittedBaseline.FromJson(FittedBaseline.ToJson(fitted), 2).ShouldHaveSingleItem();
        foreach (var row in Enumerable.Range(0, 200))
        {
            read.Forecast(series, row).ShouldBe(fitted[0].Forecast(series, row));
        }
    }

    [Theory]
    [InlineData("[0]", "[0]", "[-1]", "[1, 2]")]
    [InlineData("[9]", "[-1]", "[-2]", "[1, 2]")]
    [InlineData("[0]", "[-1]", "[-9]", "[1, 2]")]
    [InlineData("[0]", "[-1]", "[-2]", "[1]")]
    [InlineData("[0]", "[1]", "[-2]", "[1, 2]")]
    [InlineData("[0]", "null", "[-2]", "[1, 2]")]
    public void Trees_that_lead_nowhere_are_refused(string inputs, string left, string right, string leaves)
    {
        var tree = $$"""{"inputs":{{inputs}},"thresholds":[0],"left":{{left}},"right":{{right}},"leaves":{{leaves}}}""";
        var json = $$"""[{"name":"boostedTrees","sum":{"lags":[1],"lagWeights":[0],"weights":[],"intercept":0,"trees":[{{tree}}] } }]""";
        Should.Throw<TableException>(() => FittedBaseline.FromJson(System.Text.Encoding.UTF8.GetBytes(json), 2))
            .Message.ShouldContain("baselines.json");
    }

    [Fact]
    public void A_table_that_is_too_large_goes_without_and_says_so()
    {
        var series = Series(60, (random, _) => ([random.NextSingle()], random.NextSingle()));
        BoostedTrees.WhyLeftOut(series).ShouldBeNull();
        BoostedTrees.WhyLeftOut(series, 100).ShouldNotBeNull().ShouldContain("more than 100");
        BoostedTrees.Fit(Series(60, (random, _) => ([random.NextSingle()], random.NextSingle()), 39), default)
            .ShouldBeNull("with so few rows nothing can be chosen");
    }

    private static LagSum Sum(BaselineSeries series) => BoostedTrees.Fit(series, CancellationToken.None)!.All;

    private static byte[] Bytes(BaselineSeries series) => FittedBaseline.ToJson([new("boostedTrees", Sum(series))]);

    // On the last quarter of the rows.
    private static double Error(string name, BaselineSeries series) =>
        BaselineForecasts.Of(
            series, [new FittedBaseline(name, Baseline.Find(name).Fit(series, CancellationToken.None)!.All)],
            new RowRange(series.TrainRows, series.TrainRows / 3)).Errors[name];

    private static BaselineSeries Series(int rows, Func<Random, int, (float[] Features, float Target)> draw, int? trainRows = null)
    {
        var random = new Random(7);
        var drawn = Enumerable.Range(0, rows).Select(row => draw(random, row)).ToList();
        FeatureMatrix Part(int first, int count) => new()
        {
            Names = [.. drawn[0].Features.Select((_, index) => $"f{index}")],
            Features = [.. drawn.Skip(first).Take(count).SelectMany(row => row.Features)],
            Rows = count,
            Target = [.. drawn.Skip(first).Take(count).Select(row => row.Target)],
        };
        var train = trainRows ?? rows * 3 / 4;
        return BaselineSeries.Of(Part(0, train), Part(train, rows - train));
    }
}
