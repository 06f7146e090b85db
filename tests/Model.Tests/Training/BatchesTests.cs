using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

public sealed class BatchesTests
{
    [Theory]
    [InlineData(10, 4, new[] { 4, 4, 2 })]
    [InlineData(9, 4, new[] { 4, 5 })]
    [InlineData(8, 4, new[] { 4, 4 })]
    [InlineData(5, 4, new[] { 5 })]
    [InlineData(3, 4, new[] { 3 })]
    [InlineData(3, int.MaxValue, new[] { 3 })]
    public void Ranges_cover_the_rows_and_none_is_one_row(int rows, int size, int[] counts)
    {
        var ranges = Batches.Cut(rows, size).ToList();

        ranges.Select(range => range.Count).ShouldBe(counts);
        ranges.Select(range => range.Start).ShouldBe(counts.Select((_, index) => counts.Take(index).Sum()));
        ranges.Max(range => range.Count).ShouldBeLessThanOrEqualTo(Batches.MaxRows(rows, size));
    }
}
