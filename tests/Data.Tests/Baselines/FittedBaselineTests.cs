using System.Text;
using CsCheck;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Baselines;

public sealed class FittedBaselineTests
{
    [Fact]
    public void What_was_written_and_read_forecasts_the_table_in_any_order_as_the_study_did() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 2], Gen.Int[0, 1_000_000]).Sample(
            (countries, ahead, seed) =>
            {
                var table = Panel(countries, seed);
                var data = DatasetBuilder.Build(
                    table, new PrepareOptions { GroupColumns = ["country"], Ahead = ahead, Horizon = Math.Max(1, ahead) });
                var fitted = data.Preprocessor;

                var read = FittedBaseline.FromJson(FittedBaseline.ToJson(data.FittedBaselines), fitted.OwnFeatures);
                var forecasts = BaselinePrediction.Of(read, fitted, table, fitted.Apply(table));

                forecasts.Keys.ShouldBe(data.BaselineForecasts.Forecasts.Keys);
                var rows = ValidationRows(table, data.Validation);
                foreach (var (name, expected) in data.BaselineForecasts.Forecasts)
                {
                    foreach (var (index, forecast) in expected.Index())
                    {
                        forecasts[name][rows[index]].ShouldBe(forecast, 1e-5, $"{name} at validation row {index}");
                    }
                }

                // The first year of a country has no year before it.
                double.IsNaN(forecasts["lastValue"][Array.IndexOf(Numbers(table, "year"), 1990)]).ShouldBeTrue();
            },
            iter: 30);

    [Fact]
    public void A_row_that_lacks_an_earlier_target_has_no_forecast_that_is_made_of_it()
    {
        var table = Panel(countries: 1, seed: 3);
        var data = DatasetBuilder.Build(table, new PrepareOptions { DateColumn = "year" });
        var target = Numbers(table, "target").ToArray();
        target[30] = double.NaN;
        Table changed = new([.. table.Columns.Where(column => column.Name != "target"), new NumberColumn("target", target)], "changed");

        var forecasts = BaselinePrediction.Of(data.FittedBaselines, data.Preprocessor, changed, data.Preprocessor.Apply(changed));
        double.IsNaN(forecasts["lastValue"][31]).ShouldBeTrue();
        (double.IsNaN(forecasts["lastValue"][30]), double.IsNaN(forecasts["ridge"][31])).ShouldBe((false, false));

        Table without = new([.. table.Columns.Where(column => column.Name != "target")], "without");
        BaselinePrediction.Of(data.FittedBaselines, data.Preprocessor, without, data.Preprocessor.Apply(without))["lastValue"]
            .ShouldAllBe(forecast => double.IsNaN(forecast));
    }

    [Theory]
    [InlineData("null", "it is null")]
    [InlineData("[{\"name\":\"ridge\",\"sum\":{\"lags\":[],\"lagWeights\":[],\"weights\":[1],\"intercept\":0}}]", "is not of 2 features")]
    [InlineData("[{\"name\":\"ar\",\"sum\":{\"lags\":[0],\"lagWeights\":[1],\"weights\":[],\"intercept\":0}}]", "is not of 2 features")]
    [InlineData("[{\"name\":\"ar\",\"sum\":{\"lags\":[1],\"lagWeights\":[],\"weights\":[],\"intercept\":0}}]", "is not of 2 features")]
    [InlineData("[{\"name\":\"ar\"}]", "")]
    [InlineData("damaged", "")]
    public void What_is_no_such_file_is_refused(string json, string reason) =>
        Should.Throw<TableException>(() => FittedBaseline.FromJson(Encoding.UTF8.GetBytes(json), 2)).Message
            .ShouldMatch($"^baselines.json cannot be read .*{reason}.*; train again or restore it");

    // Every row of a country and a year, shuffled where there are several countries.
    private static Table Panel(int countries, int seed)
    {
        const int Years = 40;
        var random = new Random(seed);
        var rows = Enumerable.Range(0, countries * Years)
            .Select(row => (Country: row % countries, Year: 1990 + (row / countries))).ToArray();
        if (countries > 1) random.Shuffle(rows);
        return new Table(
        [
            new NumberColumn("year", [.. rows.Select(row => (double)row.Year)], isInteger: true),
            new TextColumn("country", [.. rows.Select(row => $"c{row.Country}")]),
            new NumberColumn("x", [.. rows.Select(_ => random.NextDouble())]),
            new NumberColumn("target", [.. rows.Select(row => (5 * row.Country) + Math.Sin(row.Year) + random.NextDouble())]),
        ], "panel");
    }

    private static double[] Numbers(Table table, string column) => ((NumberColumn)table.Find(column)!).Values;

    // In the order of a split: by year, and within a year by country.
    private static int[] ValidationRows(Table table, FeatureMatrix validation)
    {
        var years = Numbers(table, "year");
        var countries = ((TextColumn)table.Find("country")!).Values;
        return
        [
            .. validation.Dates!.Select((date, index) => (date.Year, index)).GroupBy(row => row.Year)
                .SelectMany(year => Enumerable.Range(0, table.Rows).Where(row => years[row] == year.Key)
                    .OrderBy(row => countries[row], StringComparer.Ordinal)),
        ];
    }
}
