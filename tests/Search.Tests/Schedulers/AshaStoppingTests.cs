using CsCheck;
using MacroCausal.Search.Schedulers;

namespace MacroCausal.Search.Tests.Schedulers;

public sealed class AshaStoppingTests
{
    [Fact]
    public void Arrivals_are_judged_as_Ray_Tune_judges_them() =>
        Promoted(4, [4, 1, 2, 3, 0, 1.5]).ShouldBe([true, true, false, false, true, false]);

    [Fact]
    public void A_loss_is_compared_with_the_linear_percentile_of_those_before() =>
        Gen.Select(Gen.Int[0, 20].Select(loss => (double)loss).Array[1, 60], Gen.Int[2, 5]).Sample((losses, eta) =>
            Promoted(eta, losses).ShouldBe(losses.Select((loss, index) => index == 0 || loss <= Percentile(losses[..index], eta) + 1e-12)));

    [Fact]
    public void Trials_that_arrive_together_are_judged_as_if_one_after_the_other()
    {
        double[] losses = [4, 1, 2, 3, 0, 1.5];
        var asha = new AshaStopping(Milestones.Of(1, 4, 4), 4);
        foreach (var trial in new[] { 3, 5, 0, 2, 4, 1 }) asha.Record(trial, 0, losses[trial], RungStatus.Waiting);
        List<bool> decisions = [];
        while (asha.FindDecision() is { } decision)
        {
            decisions.Add(decision.IsPromotion);
            asha.Apply(decision);
        }

        decisions.ShouldBe([true, true, false, false, true, false]);
    }

    [Fact]
    public void Losses_that_are_not_finite_rank_last_and_end_their_trials()
    {
        Promoted(2, [double.NaN, 5, null, double.PositiveInfinity, 7]).ShouldBe([false, true, false, false, true]);
        Promoted(2, [1, double.NaN, 2]).ShouldBe([true, false, true]);
    }

    private static bool[] Promoted(int eta, double?[] losses)
    {
        var asha = new AshaStopping(Milestones.Of(1, eta, eta), eta);
        return [.. losses.Select((loss, trial) =>
        {
            asha.Record(trial, 0, loss, RungStatus.Waiting);
            var decision = asha.FindDecision()!.Value;
            asha.Apply(decision);
            return decision.IsPromotion;
        })];
    }

    private static bool[] Promoted(int eta, double[] losses) => Promoted(eta, [.. losses.Select(loss => (double?)loss)]);

    /// <summary>Ray's way: numpy's linear percentile of the sign-turned losses.</summary>
    private static double Percentile(double[] losses, int eta)
    {
        double[] scores = [.. losses.Select(loss => -loss).Order()];
        var position = (scores.Length - 1) * (1 - (1.0 / eta));
        var lower = (int)Math.Floor(position);
        var upper = Math.Min(lower + 1, scores.Length - 1);
        return -(scores[lower] + ((position - lower) * (scores[upper] - scores[lower])));
    }
}
