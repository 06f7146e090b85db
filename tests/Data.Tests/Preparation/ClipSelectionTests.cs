using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Preparation;

public sealed class ClipSelectionTests
{
    [Fact]
    public void Numbers_are_clipped_where_what_lies_far_out_misleads()
    {
        // The target follows x up to 3, and no farther: a measure that saturates.
        var data = DatasetBuilder.Build(Series(value => Math.Clamp(value, -3, 3)), new PrepareOptions { Clip = 3 });

        data.Preprocessor.Columns.Single().Limit.ShouldBe(3);
        data.Profile.Summarize().Clipping!.ShouldMatch(
            "^Clipped: 1 column with training rows beyond 3 standard deviations; cross-validated error of a ridge regression on the "
            + "training rows: not clipped [0-9.E-]+, clipped [0-9.E-]+$");
    }

    [Fact]
    public void Numbers_are_left_as_they_are_where_what_lies_far_out_tells_something()
    {
        var data = DatasetBuilder.Build(Series(value => value), new PrepareOptions { Clip = 3, TemporalFeatures = "lags" });

        data.Preprocessor.Columns.ShouldAllBe(feature => feature.Limit == null, "temporal columns go with the others");
        data.Profile.Summarize().Clipping!.ShouldStartWith("Not clipped: 1 column");
    }

    [Fact]
    public void Few_rows_decide_nothing()
    {
        var data = DatasetBuilder.Build(Series(value => Math.Clamp(value, -3, 3), rows: 40), new PrepareOptions { Clip = 2 });

        data.Preprocessor.Columns.Single().Limit.ShouldBeNull();
        data.Profile.Summarize().Clipping!.ShouldStartWith("Not clipped: 32 training rows are too few to choose by (1 column");
    }

    [Fact]
    public void Where_nothing_lies_far_out_or_nothing_is_asked_for_there_is_nothing_to_say()
    {
        DatasetBuilder.Build(Series(value => value), new PrepareOptions()).Profile.Clipping.ShouldBeNull();
        DatasetBuilder.Build(Series(value => value), new PrepareOptions { Clip = 1000 }).Profile.Clipping.ShouldBeNull();
        Should.Throw<DataRejectedException>(() => DatasetBuilder.Build(Series(value => value), new PrepareOptions { Clip = double.NaN }))
            .Message.ShouldContain("A clip at NaN standard deviations is no such number");
    }

    // A row in twenty of x lies far out.
    private static Table Series(Func<double, double> target, int rows = 400)
    {
        var random = new Random(5);
        double[] x = [.. Enumerable.Range(0, rows).Select(row => (row % 20 == 7 ? 12 : 1) * ((2 * random.NextDouble()) - 1))];
        return new Table(
        [
            new DateColumn("date", [.. Enumerable.Range(0, rows).Select(row => (DateTimeOffset?)DateTimeOffset.UnixEpoch.AddMonths(row))]),
            new NumberColumn("x", x),
            new NumberColumn("target", [.. x.Select(value => target(value) + (0.1 * random.NextDouble()))]),
        ]);
    }
}
