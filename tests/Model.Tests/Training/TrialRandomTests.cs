using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

public sealed class TrialRandomTests
{
    [Fact]
    public void Streams_of_one_seed_differ_by_purpose_and_epoch_and_repeat_themselves()
    {
        var first = new[] { Draw(1, Purpose.Shuffle, 1), Draw(1, Purpose.Shuffle, 2), Draw(1, Purpose.Dropout, 1), Draw(
            2, Purpose.Shuffle, 1), Draw(-1, Purpose.Shuffle, 1) };

        first.Distinct().Count().ShouldBe(5);
        Draw(1, Purpose.Shuffle, 1).ShouldBe(first[0]);
    }

    [Fact]
    public void A_permutation_holds_every_row_once_and_is_no_other_seeds()
    {
        var (one, other) = (new int[100], new int[100]);
        new TrialRandom(1, Purpose.Shuffle, 1).Permute(one);
        new TrialRandom(2, Purpose.Shuffle, 1).Permute(other);

        one.Order().ShouldBe(Enumerable.Range(0, 100));
        one.ShouldNotBe(other);
    }

    private static ulong Draw(long seed, Purpose purpose, int epoch) => new TrialRandom(seed, purpose, epoch).Next();
}
