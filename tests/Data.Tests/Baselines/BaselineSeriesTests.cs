using CsCheck;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;

namespace MacroCausal.Data.Tests.Baselines;

public sealed class BaselineSeriesTests
{
    [Fact]
    public void No_forecast_looks_at_what_comes_later() =>
        (from seed in Gen.Int
         from horizon in Gen.Int[1, 4]
         from season in Gen.Int[0, 6]
         from row in Gen.Int[60, 89]
         from panel in Gen.Bool
         select (seed, horizon, season, row, panel)).Sample(
            sample =>
            {
                var (seed, horizon, season, row, panel) = sample;
                var known = Forecasts(Draw(seed, horizon, season, panel, firstChanged: 90), row);
                // Not known at the row: the targets of the last rows before the horizon, and everything that comes after.
                var step = panel ? 2 : 1;
                var firstUnknown = panel ? row - (row % 2) - (step * (horizon - 1)) : row - horizon + 1;
                var changed = Forecasts(Draw(seed, horizon, season, panel, Math.Max(firstUnknown, 60), row + 1), row);
                changed.ShouldBe(known);
            },
            iter: 60);

    [Fact]
    public void A_forecast_looks_at_the_newest_target_that_is_known()
    {
        var series = Draw(seed: 5, horizon: 3, season: 0, panel: false, firstChanged: 90);
        var changed = Draw(seed: 5, horizon: 3, season: 0, panel: false, firstChanged: 67);
        Forecasts(series, 70)["lastValue"].ShouldBe(series.Target(67));
        Forecasts(changed, 70)["lastValue"].ShouldBe(series.Target(67) + 100);
        Forecasts(changed, 69)["lastValue"].ShouldBe(series.Target(66));
        Should.Throw<ArgumentOutOfRangeException>(() => series.Lag(70, 2));
    }

    [Fact]
    public void Rows_of_one_date_do_not_know_each_others_targets()
    {
        DateTimeOffset[] dates = [.. Enumerable.Range(0, 6).Select(row => DateTimeOffset.UnixEpoch.AddDays(row / 3 * 7))];
        var series = new BaselineSeries([1, 2, 3, 4, 5, 6], Rows(new Random(1), 3), [(3, Rows(new Random(2), 3))], dates);
        (series.Lag(3, 1), series.Lag(4, 1), series.Lag(5, 1)).ShouldBe((3, 3, 3));
        series.Lag(2, 1).ShouldBe(double.NaN);
    }

    [Fact]
    public void Lags_stay_within_a_group_and_a_small_group_is_forecast_by_all()
    {
        var series = new BaselineSeries(
            [1, 10, 3, 30, 5, 50, 7], Rows(new Random(1), 4), [(4, Rows(new Random(2), 3))], null, ["a", "b", "a", "b", "a", "b", "new"]);
        (series.Lag(4, 1), series.Lag(5, 1), series.Lag(4, 2), series.Lag(6, 1)).ShouldBe((3, 30, 1, double.NaN));
        (Forecasts(series, 4)["mean"], Forecasts(series, 5)["mean"], Forecasts(series, 6)["mean"]).ShouldBe((2, 20, 11));
        Forecasts(series, 6)["lastValue"].ShouldBe(11, "a group that is new has no last value");
    }

    private static SortedDictionary<string, double> Forecasts(BaselineSeries series, int row) =>
        new(Baseline.FitAll(series).ToDictionary(fitted => fitted.Name, fitted => fitted.Forecast(series, row)), StringComparer.Ordinal);

    // 60 rows to fit on and 30 to forecast; targets change from one row on, features from another.
    private static BaselineSeries Draw(int seed, int horizon, int season, bool panel, int firstChanged, int firstChangedFeatures = 90)
    {
        var random = new Random(seed);
        var train = Rows(random, 60);
        var later = Rows(random, 30);
        var target = new double[90];
        for (var row = 0; row < 90; row++)
        {
            target[row] = (0.7 * (row == 0 ? 0 : target[row - 1])) + random.NextDouble();
        }

        for (var row = firstChanged; row < 90; row++)
        {
            target[row] += 100;
        }

        for (var row = firstChangedFeatures; row < 90; row++)
        {
            later.Features.AsSpan((row - 60) * 2, 2).Fill(50);
        }

        string[]? groups = panel ? [.. Enumerable.Range(0, 90).Select(row => row % 2 == 0 ? "even" : "odd")] : null;
        DateTimeOffset[]? dates = panel ? [.. Enumerable.Range(0, 90).Select(row => DateTimeOffset.UnixEpoch.AddDays(row / 2))] : null;
        return new BaselineSeries(target, train, [(60, later)], dates, groups) { Horizon = horizon, Season = season };
    }

    private static FeatureMatrix Rows(Random random, int rows) => new()
    {
        Names = ["a", "b"],
        Features = [.. Enumerable.Range(0, rows * 2).Select(_ => random.NextSingle())],
        Rows = rows,
    };
}
