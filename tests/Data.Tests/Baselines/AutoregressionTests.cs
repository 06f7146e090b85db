using CsCheck;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MathNet.Numerics;
using MathNet.Numerics.LinearRegression;

namespace MacroCausal.Data.Tests.Baselines;

public sealed class AutoregressionTests
{
    /// <summary>Golden values of an independent computation, mean squared error on the last 20 % of the rows.</summary>
    [Theory]
    [InlineData(1, 75.8)]
    [InlineData(2, 72.0)]
    [InlineData(3, 67.2)]
    [InlineData(4, 65.0)]
    [InlineData(12, 64.7)]
    public async Task The_errors_on_a_real_table_are_those_of_the_reference(int order, double expected)
    {
        if (!Gold.IsReal) return;
        var (series, scale) = await GoldAsync();
        var fitted = Autoregression.Fit(series, [.. Enumerable.Range(0, series.TrainRows)], [.. Enumerable.Range(1, order)]);
        var rows = Enumerable.Range(series.TrainRows, 141).ToList();
        var error = rows.Average(row => Math.Pow(Forecast(fitted, series, row) - series.Target(row), 2)) * scale * scale;
        error.ShouldBe(expected, 0.06);
    }

    [Fact]
    public async Task The_baselines_of_a_real_table_are_at_least_those_of_the_reference()
    {
        if (!Gold.IsReal) return;
        var errors = DatasetBuilder.Build(await Gold.TableAsync(), new PrepareOptions()).Baselines;
        errors["mean"].ShouldBe(89.47, 0.01);
        errors["lastValue"].ShouldBe(108.22, 0.01);
        errors["ar"].ShouldBeLessThan(67.3);
        errors["ridge"].ShouldBeLessThan(73.6, "that is what a penalty by the last fifth of the training rows gives");
    }

    [Fact]
    public void The_order_of_a_process_is_found()
    {
        var series = Simulate(rows: 2000, weights: [0.5, 0, -0.4], seed: 3);
        var chosen = Autoregression.Choose(series, [.. Enumerable.Range(0, series.TrainRows)], []);
        chosen.Lags.ShouldBe([1, 2, 3]);
        chosen.Weights[0].ShouldBe(0.5, 0.05);
        chosen.Weights[2].ShouldBe(-0.4, 0.06);
        Autoregression.Choose(Simulate(2000, [0.0], seed: 4), [.. Enumerable.Range(0, 1990)], []).Lags.ShouldBeEmpty();
    }

    [Fact]
    public void The_fit_is_least_squares() =>
        Gen.Select(Gen.Int, Gen.Int[1, 6]).Sample(
            (seed, order) =>
            {
                var series = Simulate(80, [0.6, -0.2], seed);
                int[] lags = [.. Enumerable.Range(1, order)];
                var fitted = Autoregression.Fit(series, [.. Enumerable.Range(0, 70)], lags);
                var rows = Enumerable.Range(order, 70 - order).ToList();
                var expected = MultipleRegression.Svd(
                    rows.Select(row => lags.Select(lag => series.Target(row - lag)).ToArray()).ToArray(),
                    rows.Select(series.Target).ToArray(), intercept: true);
                new[] { fitted.Intercept }.Concat(fitted.Weights).Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-8);
            },
            iter: 50);

    [Fact]
    public void A_season_is_forecast_by_the_seasonal_lag_and_a_line_that_repeats_itself_by_anything()
    {
        double[] year = [3, -1, 4, 1, -5, 9, 2, -6, 5, 3, -5, 8];
        double[] target = [.. Enumerable.Range(0, 72).Select(row => year[row % 12] + (0.01 * (row * 7919 % 13)))];
        var series = new BaselineSeries(target, Rows(60), [(60, Rows(12))]) { Season = 12, Horizon = 2 };
        var forecast = Autoregression.FitSeasonal(series, [.. Enumerable.Range(0, 60)]);
        Enumerable.Range(60, 12).ShouldAllBe(row => Math.Abs(forecast.Forecast(series, row) - target[row]) < 0.3);
        Autoregression.SeasonalLag(series).ShouldBe(12);
        Autoregression.SeasonalLag(new BaselineSeries(target, Rows(60), []) { Season = 4, Horizon = 5 }).ShouldBe(8);
        var flat = new BaselineSeries(new double[72], Rows(60), [(60, Rows(12))]) { Season = 12 };
        Autoregression.FitSeasonal(flat, [.. Enumerable.Range(0, 60)]).Forecast(flat, 65).ShouldBe(0);
    }

    [Fact]
    public void A_few_rows_give_a_finite_forecast()
    {
        for (var rows = 2; rows < 16; rows++)
        {
            var series = new BaselineSeries([.. Enumerable.Range(0, 20).Select(row => (double)row)], Rows(rows), [(rows, Rows(2))]);
            double.IsFinite(Autoregression.Fit(series, [.. Enumerable.Range(0, rows)]).Forecast(series, rows)).ShouldBeTrue();
        }
    }

    private static double Forecast(Autoregression fitted, BaselineSeries series, int row) =>
        new LagSum(fitted.Lags, fitted.Weights, [], fitted.Intercept).Forecast(series, row);

    private static async Task<(BaselineSeries Series, double Scale)> GoldAsync()
    {
        var data = DatasetBuilder.Build(await Gold.TableAsync(), new PrepareOptions());
        return (BaselineSeries.Of(data.Train, data.Validation), data.Preprocessor.TargetScale);
    }

    private static BaselineSeries Simulate(int rows, double[] weights, int seed)
    {
        var random = new Random(seed);
        var target = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            var noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Constants.Pi * random.NextDouble());
            target[row] = noise + weights.Index().Where(lag => lag.Index < row).Sum(lag => lag.Item * target[row - lag.Index - 1]);
        }

        return new BaselineSeries(target, Rows(rows - 10), [(rows - 10, Rows(10))]);
    }

    private static FeatureMatrix Rows(int rows) => new() { Names = [], Features = [], Rows = rows };
}
