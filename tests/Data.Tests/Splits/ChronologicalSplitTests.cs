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

    [Fact]
    public void Without_test_and_embargo_every_row_serves() => Asked.Sample(asked =>
    {
        var split = ChronologicalSplit.Of(asked.Rows, asked.Train);
        (split.Train.Count + split.Validation.Count).ShouldBe(asked.Rows);
    });
}
