using MacroCausal.Data.Tables;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Tests.Studies;

public sealed class ForecastsTests
{
    private static readonly DateTimeOffset Day = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_several_splits_the_validation_rows_are_kept()
    {
        var forecasts = Forecasts.Of(Table(
            new TextColumn("split", ["validation", "validation", "test"]),
            new DateColumn("date", [Day, Day.AddDays(1), Day.AddDays(2)]),
            new NumberColumn("model", [1.5, 2.5, 3.5])))!;

        forecasts.Target.ShouldBe([1, 2]);
        forecasts.Dates.ShouldBe([Day, Day.AddDays(1)]);
        forecasts.Model.ShouldBe([1.5, 2.5]);
    }

    [Fact]
    public void A_best_trial_that_is_the_model_is_one_line_and_another_is_two()
    {
        var model = new NumberColumn("model", [1.5, 2.5, 3.5]);
        Column Other(double first) => new NumberColumn("best_trial", [first, 2.5, 3.5]);

        Forecasts.Of(Table(model, Other(1.5)))!.Names.ShouldBe(["model"]);
        Forecasts.Of(Table(model, Other(1.4), new NumberColumn("ar", [0, 0, 0]), new NumberColumn("mean", [0, 0, 0])))!
            .Names.ShouldBe(["model", "best_trial", "mean", "ar"]);
    }

    [Fact]
    public void Dates_that_repeat_are_no_time_unless_series_are_told_apart()
    {
        var date = new DateColumn("date", [Day, Day, Day.AddDays(1)]);

        Forecasts.Of(Table(date))!.Dates.ShouldBeNull();
        Forecasts.Of(Table(date, new TextColumn("group", ["a", "b", "a"])))!.Dates!.Count.ShouldBe(3);
    }

    [Fact]
    public void Another_table_is_none() => Forecasts.Of(new Table([new NumberColumn("model", [1])])).ShouldBeNull();

    private static Table Table(params Column[] columns) => new([new NumberColumn("actual", [1, 2, 3]), .. columns]);
}
