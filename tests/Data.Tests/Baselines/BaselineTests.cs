using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MathNet.Numerics.LinearAlgebra;

namespace MacroCausal.Data.Tests.Baselines;

public sealed class BaselineTests
{
    [Fact]
    public void The_mean_baseline_is_the_error_of_the_training_mean_in_the_targets_unit()
    {
        var train = Part([0, 0, 0], [-1, 0, 1]);
        var validation = Part([0, 0], [1, -2]);
        Error("mean", train, validation, 3).ShouldBe(9 * (1 + 4) / 2.0, 1e-9);
    }

    [Fact]
    public void Ridge_finds_a_linear_law_that_the_mean_cannot()
    {
        var (train, validation) = Linear(rows: 200, features: 10, noise: 0.1);
        Error("ridge", train, validation, 1).ShouldBe(0.01, 0.005);
        Error("mean", train, validation, 1).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Ridge_on_noise_is_about_as_good_as_the_mean()
    {
        var random = new Random(3);
        float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => Normal(random))];
        var train = Part(Noise(100 * 300), Noise(100));
        var validation = Part(Noise(50 * 300), Noise(50));
        Error("ridge", train, validation, 1).ShouldBeLessThan(1.3 * Error("mean", train, validation, 1));
    }

    [Theory]
    [InlineData(40, 7)]
    [InlineData(40, 40)]
    [InlineData(40, 41)]
    [InlineData(12, 700)]
    public void Primal_and_dual_give_the_weights_of_the_textbook(int rows, int features)
    {
        var (train, _) = Linear(rows, features, noise: 1);
        double[][] columns = [.. Enumerable.Range(0, features).Select(j =>
            Enumerable.Range(0, rows).Select(i => (double)train.Row(i)[j]).ToArray())];
        var model = RidgeRegression.Prepare(columns, Array.ConvertAll(train.Target!, value => (double)value), CancellationToken.None)(0.3);

        var x = Matrix<double>.Build.Dense(rows, features, (i, j) => train.Row(i)[j]);
        var y = Vector<double>.Build.Dense(rows, i => train.Target![i]);
        var means = x.ColumnSums() / rows;
        var centred = Matrix<double>.Build.Dense(rows, features, (i, j) => x[i, j] - means[j]);
        var expected = (centred.TransposeThisAndMultiply(centred) + (Matrix<double>.Build.DenseIdentity(features) * 0.3 * rows))
            .Solve(centred.TransposeThisAndMultiply(y - (y.Sum() / rows)));
        for (var j = 0; j < features; j++)
        {
            model.Weights[j].ShouldBe(expected[j], 1e-9);
        }

        model.Intercept.ShouldBe((y.Sum() / rows) - (expected * means), 1e-9);
    }

    [Fact]
    public void The_penalty_is_chosen_without_a_look_at_the_validation_rows()
    {
        var (train, validation) = Linear(100, 20, noise: 1);
        double ErrorAt(float target) => Error("ridge", train, Part(validation.Row(0).ToArray(), [target]), 1);
        var prediction = (1 + ErrorAt(0) - ErrorAt(1)) / 2;
        ErrorAt(1000).ShouldBe(Math.Pow(prediction - 1000, 2), 1e-3);
    }

    [Fact]
    public void A_handful_of_rows_is_enough()
    {
        double.IsFinite(Error("ridge", Part([1, 2], [1, -1]), Part([1], [0]), 1)).ShouldBeTrue();
        double.IsFinite(Error("ridge", Part([.. Enumerable.Repeat(0f, 5000 * 11)], [.. Enumerable.Range(0, 11).Select(i => (float)i)]),
            Part(new float[5000], [0]), 1)).ShouldBeTrue();
    }

    [Fact]
    public void Every_baseline_that_a_table_has_forecasts_under_its_name()
    {
        var (train, validation) = Linear(rows: 30, features: 3, noise: 1);
        var series = BaselineSeries.Of(train, validation);
        Names(series).ShouldBe(["mean", "lastValue", "ar", "ridge", "ridgeLags"]);
        var (longer, after) = Linear(rows: 60, features: 3, noise: 1);
        Names(BaselineSeries.Of(longer, after, season: 4)).ShouldBe(Baseline.All.Select(baseline => baseline.Name));
        Names(BaselineSeries.Of(train, validation, season: 16))
            .ShouldNotContain("arSeasonal", "two years of training rows are not there");
        var forecasts = BaselineForecasts.Of(series, Baseline.FitAll(series), new RowRange(30, 30), targetMean: 5, targetScale: 2);
        forecasts.Target[3].ShouldBe(5 + (2 * validation.Target![3]), 1e-6);
        forecasts.Errors["ridge"].ShouldBe(Error("ridge", train, validation, 2), 1e-9);
    }

    [Fact]
    public void Keys_of_metrics_are_snake_case_and_those_of_json_are_not()
    {
        Baseline.All.Select(baseline => Baseline.MetricKey(baseline.Name)).ShouldContain("last_value_baseline");
        (Baseline.MetricKey("mean"), Baseline.JsonKey("ridge")).ShouldBe(("mean_baseline", "ridgeBaseline"));
        Baseline.BestOf(new Dictionary<string, double> { ["ridge"] = 2, ["unknown"] = 1, ["mean"] = 1 }).Key.ShouldBe("mean");
    }

    private static double Error(string baseline, FeatureMatrix train, FeatureMatrix validation, double targetScale)
    {
        var series = BaselineSeries.Of(train, validation);
        var fitted = new FittedBaseline(baseline, Baseline.Find(baseline).Fit(series, CancellationToken.None)!.All);
        return BaselineForecasts.Of(series, [fitted], new RowRange(train.Rows, validation.Rows), 0, targetScale).Errors[baseline];
    }

    private static IEnumerable<string> Names(BaselineSeries series) => Baseline.FitAll(series).Select(fitted => fitted.Name);

    private static (FeatureMatrix Train, FeatureMatrix Validation) Linear(int rows, int features, double noise)
    {
        var random = new Random(11);
        var weights = Enumerable.Range(0, features).Select(_ => Normal(random)).ToArray();
        FeatureMatrix Draw(int count)
        {
            var x = Enumerable.Range(0, count * features).Select(_ => Normal(random) + 0.5f).ToArray();
            return Part(x, [.. Enumerable.Range(0, count)
                .Select(i => (float)(weights.Select((w, j) => w * x[(i * features) + j]).Sum() + (noise * Normal(random))))]);
        }

        return (Draw(rows), Draw(rows));
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static FeatureMatrix Part(float[] features, float[] target) => new()
    {
        Names = [.. Enumerable.Range(0, features.Length / target.Length).Select(j => $"f{j}")],
        Features = features,
        Rows = target.Length,
        Target = target,
    };
}
