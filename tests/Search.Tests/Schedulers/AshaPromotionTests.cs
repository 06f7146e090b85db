using MacroCausal.Search.Schedulers;

namespace MacroCausal.Search.Tests.Schedulers;

public sealed class AshaPromotionTests
{
    private readonly AshaPromotion _asha = new(Milestones.Of(1, 8, 2), 2);

    [Fact]
    public void One_trial_alone_is_not_promoted()
    {
        Record(0, 0, 1.0);
        _asha.FindDecision().ShouldBeNull();
    }

    [Fact]
    public void The_best_half_is_promoted_best_first()
    {
        double[] losses = [4, 1, 3, 2];
        for (var trial = 0; trial < losses.Length; trial++) Record(trial, 0, losses[trial]);
        Promote().ShouldBe(new RungDecision(1, 0, true));
        Promote().ShouldBe(new RungDecision(3, 0, true));
        _asha.FindDecision().ShouldBeNull();
    }

    [Fact]
    public void Of_equal_losses_the_lower_number_goes_first()
    {
        foreach (var trial in new[] { 3, 1, 2, 0 }) Record(trial, 0, 1.0);
        Promote()!.Value.Trial.ShouldBe(0);
        Promote()!.Value.Trial.ShouldBe(1);
        _asha.FindDecision().ShouldBeNull();
    }

    [Fact]
    public void The_highest_rung_with_a_candidate_comes_first()
    {
        for (var trial = 0; trial < 6; trial++) Record(trial, 0, trial);
        Promote();
        Promote();
        Record(0, 1, 0.5);
        Record(1, 1, 0.7);
        Promote().ShouldBe(new RungDecision(0, 1, true));
        Promote().ShouldBe(new RungDecision(2, 0, true));
    }

    [Fact]
    public void Nothing_is_promoted_out_of_the_top()
    {
        for (var trial = 0; trial < 6; trial++) Record(trial, 3, trial);
        _asha.FindDecision().ShouldBeNull();
    }

    [Fact]
    public void A_trial_that_ended_early_takes_its_place_among_the_best()
    {
        _asha.Record(0, 0, 1.0, RungStatus.Ended);
        Record(1, 0, 2.0);
        Record(2, 0, 3.0);
        _asha.FindDecision().ShouldBeNull();
        Record(3, 0, 4.0);
        Promote()!.Value.Trial.ShouldBe(1);
    }

    [Fact]
    public void A_promotion_that_others_overtook_meanwhile_is_remembered()
    {
        Record(0, 0, 5.0);
        Record(1, 0, 6.0);
        var decision = _asha.FindDecision()!.Value;
        Record(2, 0, 1.0);
        Record(3, 0, 2.0);
        _asha.Apply(decision);
        Promote()!.Value.Trial.ShouldBe(2);
        Promote()!.Value.Trial.ShouldBe(3);
        for (var trial = 4; trial < 8; trial++) Record(trial, 0, 9.0);
        Promote()!.Value.Trial.ShouldBe(1);
        _asha.Rungs[0].ShouldBe(new RungOverview(1, 8, 4));
    }

    private void Record(int trial, int rung, double loss) => _asha.Record(trial, rung, loss, RungStatus.Waiting);

    private RungDecision? Promote()
    {
        var decision = _asha.FindDecision();
        if (decision is { } promoted) _asha.Apply(promoted);
        return decision;
    }
}
