using CsCheck;
using MacroCausal.Search.Schedulers;

namespace MacroCausal.Search.Tests.Schedulers;

public sealed class MilestonesTests
{
    [Theory]
    [InlineData(10, 100, 2, new[] { 10, 20, 40, 80, 100 })]
    [InlineData(1, 1000, 10, new[] { 1, 10, 100, 1000 })]
    [InlineData(1, 81, 3, new[] { 1, 3, 9, 27, 81 })]
    [InlineData(100, 100, 2, new[] { 100 })]
    [InlineData(200, 100, 2, new[] { 100 })]
    [InlineData(1, int.MaxValue, 65536, new[] { 1, 65536, int.MaxValue })]
    public void Milestones_grow_by_the_reduction_factor_up_to_the_last_epoch(int grace, int max, int eta, int[] expected) =>
        Milestones.Of(grace, max, eta).ShouldBe(expected);

    [Fact]
    public void Milestones_ascend_and_end_at_the_last_epoch() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 100_000], Gen.Int[2, 10]).Sample((grace, max, eta) =>
        {
            var milestones = Milestones.Of(grace, max, eta);
            milestones.Last.ShouldBe(max);
            milestones.Zip(milestones.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second && pair.Second <= (long)pair.First * eta);
        });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 0)]
    [InlineData(11, 1)]
    [InlineData(100, 4)]
    public void An_epoch_counts_at_the_next_milestone(int epoch, int rung) => Milestones.Of(10, 100, 2).RungAt(epoch).ShouldBe(rung);

    [Fact]
    public void An_epoch_beyond_the_last_is_refused() =>
        Should.Throw<ArgumentException>(() => Milestones.Of(10, 100, 2).RungAt(101)).Message.ShouldContain("101");

    [Theory]
    [InlineData(0, 100, 2)]
    [InlineData(10, 0, 2)]
    [InlineData(10, 100, 1)]
    public void Impossible_settings_are_refused(int grace, int max, int eta) =>
        Should.Throw<ArgumentException>(() => Milestones.Of(grace, max, eta));
}
