using CsCheck;
using MacroCausal.Data.Evaluation;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class ConformalIntervalTests
{
    [Fact]
    public void The_half_width_is_a_rank_of_the_absolute_residuals()
    {
        double[] residuals = [-9, 8, -7, 6, -5, 4, -3, 2, -1];
        ConformalInterval.HalfWidth(residuals, 0.9).ShouldBe(9);
        ConformalInterval.HalfWidth(residuals, 0.8).ShouldBe(8);
        ConformalInterval.HalfWidth(residuals, 0.81).ShouldBe(9);
        ConformalInterval.HalfWidth(residuals, 0.05).ShouldBe(1);
        Should.Throw<ArgumentOutOfRangeException>(() => ConformalInterval.HalfWidth(residuals, 0.91));
        Should.Throw<ArgumentOutOfRangeException>(() => ConformalInterval.HalfWidth(residuals, 0));
    }

    [Fact]
    public void Any_residual_of_a_set_is_covered_by_the_others_as_often_as_the_level_says() =>
        Gen.Select(Gen.Double[-5, 5].Array[10, 60], Gen.Double[0.1, 0.85]).Sample((all, level) =>
        {
            // Leaving each out in turn is the average over exchangeable draws, so the guarantee holds exactly, not on average over luck.
            var covered = Enumerable.Range(0, all.Length).Count(left =>
                Math.Abs(all[left]) <= ConformalInterval.HalfWidth([.. all.Where((_, index) => index != left)], level));
            ((double)covered / all.Length).ShouldBeGreaterThanOrEqualTo(level - 1e-9);
        });
}
