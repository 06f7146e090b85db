using CsCheck;
using MacroCausal.Search.Schedulers;

namespace MacroCausal.Search.Tests.Schedulers;

public sealed class TopFractionTests
{
    [Fact]
    public void The_cut_is_where_sorting_puts_it() =>
        Gen.Select(Gen.Int[0, 9].Array[0, 60], Gen.Int[1, 5]).Sample((losses, eta) =>
        {
            var share = new TopFraction();
            List<Ranked> all = [];
            for (var trial = 0; trial < losses.Length; trial++)
            {
                all.Add(new Ranked(losses[trial], trial));
                var best = all.Count / eta;
                share.Add(all[^1], best);
                Ranked[] sorted = [.. all.Order()];
                share.Count.ShouldBe(all.Count);
                share.LastOfBest.ShouldBe(best > 0 ? sorted[best - 1] : null);
                share.FirstOfRest.ShouldBe(best < sorted.Length ? sorted[best] : null);
            }
        });
}
