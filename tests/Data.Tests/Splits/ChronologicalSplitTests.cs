using CsCheck;
using MacroCausal.Data.Splits;

namespace MacroCausal.Data.Tests.Splits;

public sealed class ChronologicalSplitTests
{
    private static readonly Gen<(int Rows, double Train, double Test, int Embargo)> Asked =
        Gen.Select(Gen.Int[0, 2000], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 300]);

    [Theory]
    [InlineData(705, 0.8, 0, 0, "0+564 564+141 705+0")]
    [InlineData(100, 0.29, 0, 0, "0+29 29+71 100+0")]
    [InlineData(100, 0.7, 0.1, 0, "0+70 70+20 90+10")]
    [InlineData(100, 0.7, 0.1, 5, "0+70 75+10 90+10")]
    [InlineData(100, 0.7, 0, 5, "0+70 75+25 100+0")]
    [InlineData(100, 0.7, 0.1, 40, "0+70 100+0 100+0")]
    [InlineData(100, 0.8, 0.5, 0, "0+80 80+0 80+20")]
    [InlineData(1, 0.8, 0, 0, "0+0 0+1 1+0")]
    [InlineData(0, 0.8, 0.1, 3, "0+0 0+0 0+0")]
    [InlineData(10, 0.5, 0, int.MaxValue, "0+5 10+0 10+0")]
    public void Shares_are_rounded_down_and_the_rest_validates(int rows, double train, double test, int embargo, string expected)
    {
        var split = ChronologicalSplit.Of(rows, train, test, embargo);
        string.Join(' ', new[] { split.Train, split.Validation, split.Test }.Select(range => $"{range.Start}+{range.Count}"))
            .ShouldBe(expected);
    }

    [Fact]
    public void No_row_serves_twice_and_none_is_out_of_range() => Asked.Sample(asked =>
    {
        var split = ChronologicalSplit.Of(asked.Rows, asked.Train, asked.Test, asked.Embargo);
        var rows = new[] { split.Train, split.Validation, split.Test }.SelectMany(range => Enumerable.Range(range.Start, range.Count))
            .ToList();
        rows.ShouldBe(rows.Order().Distinct());
        rows.ShouldAllBe(row => row >= 0 && row < asked.Rows);
    });

    [Fact]
    public void The_embargo_lies_between_any_two_splits_that_have_rows() => Asked.Sample(asked =>
    {
        var split = ChronologicalSplit.Of(asked.Rows, asked.Train, asked.Test, asked.Embargo);
        var ranges = new[] { split.Train, split.Validation, split.Test }.Where(range => range.Count > 0).ToList();
        foreach (var (earlier, later) in ranges.Zip(ranges.Skip(1)))
        {
            (later.Start - earlier.End).ShouldBeGreaterThanOrEqualTo(asked.Embargo);
        }
    });

    [Theory]
    [InlineData("aaabbbccc", 0.5, 0, 0, 0, "0+3 3+6 9+0")]
    [InlineData("aaabbbccc", 0.67, 0, 0, 0, "0+6 6+3 9+0")]
    [InlineData("aaaaaaaabc", 0.5, 0, 0, 0, "0+8 8+2 10+0")]
    [InlineData("aabbccddee", 0.4, 0.1, 0, 0, "0+4 4+4 8+2")]
    [InlineData("aabbccddee", 0.6, 0, 1, 0, "0+6 8+2 10+0")]
    [InlineData("aabbccddee", 0.6, 0, 0, 1, "0+4 6+4 10+0")]
    [InlineData("aabbccddeeffgg", 0.45, 0.15, 1, 1, "0+4 8+0 12+2")]
    [InlineData("aaaa", 0.5, 0, 0, 0, "0+4 4+0 4+0")]
    public void Cuts_embargo_and_purge_are_of_whole_dates(
        string dates, double train, double test, int embargo, int purge, string expected)
    {
        var split = ChronologicalSplit.Of(dates.Length, train, test, embargo, purge, [.. dates.Select(Date)]);
        string.Join(' ', new[] { split.Train, split.Validation, split.Test }.Select(range => $"{range.Start}+{range.Count}"))
            .ShouldBe(expected);
    }

    [Fact]
    public void No_date_is_on_two_sides_of_a_cut() => Gen.Select(Asked, Gen.Int[1, 40], Gen.Int[0, 12]).Sample((asked, perDate, purge) =>
    {
        // Dates have 1 to perDate rows each, as in a panel where some groups begin later.
        var noise = new Random(asked.Rows);
        var dates = new DateTimeOffset[asked.Rows];
        for (int row = 0, date = 0, left = 0; row < dates.Length; row++, left--)
        {
            if (left == 0) (date, left) = (date + 1, noise.Next(1, perDate + 1));
            dates[row] = Date((char)date);
        }

        var split = ChronologicalSplit.Of(asked.Rows, asked.Train, asked.Test, asked.Embargo, purge, dates);

        var ranges = new[] { split.Train, split.Validation, split.Test }.Where(range => range.Count > 0).ToList();
        foreach (var (earlier, later) in ranges.Zip(ranges.Skip(1)))
        {
            var between = dates[earlier.End..later.Start].Distinct().Count();
            dates[earlier.End - 1].ShouldBeLessThan(dates[later.Start]);
            between.ShouldBeGreaterThanOrEqualTo(asked.Embargo + purge);
            dates[earlier.End..later.Start].ShouldAllBe(date => date > dates[earlier.End - 1] && date < dates[later.Start]);
        }

        split.Test.End.ShouldBe(asked.Rows);
    });

    [Fact]
    public void Dates_that_differ_in_every_row_change_nothing() => Asked.Sample(asked =>
        ChronologicalSplit
            .Of(asked.Rows, asked.Train, asked.Test, asked.Embargo, 2, [.. Enumerable.Range(0, asked.Rows).Select(row => Date((char)row))])
            .ShouldBe(ChronologicalSplit.Of(asked.Rows, asked.Train, asked.Test, asked.Embargo, 2)));

    private static DateTimeOffset Date(char day) => new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(day);

    [Fact]
    public void Without_test_and_embargo_every_row_serves() => Asked.Sample(asked =>
    {
        var split = ChronologicalSplit.Of(asked.Rows, asked.Train);
        (split.Train.Count + split.Validation.Count).ShouldBe(asked.Rows);
    });
}
