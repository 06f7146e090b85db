using CsCheck;
using MacroCausal.Search.Samplers;

namespace MacroCausal.Search.Tests.Samplers;

public sealed class TopTrialsTests
{
    [Fact]
    public void What_is_kept_is_the_head_of_the_sorted_whole() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[0, 9]).Array[0, 100].Sample(events =>
        {
            var board = new TopTrials(6);
            SortedDictionary<int, Place> all = [];
            foreach (var (trial, level, loss) in events)
            {
                if (level == 0) all.Remove(trial);
                else all[trial] = new Place(level, loss, trial);
                if (level == 0) board.Remove(trial);
                else board.Put(all[trial]);
                if (board.IsDepleted) board.Refill(all.Values);
                board.Places.ShouldBe(all.Values.Order().Take(board.Places.Count));
                board.Places.Count.ShouldBeInRange(Math.Min(3, all.Count), 6);
            }
        });
}
