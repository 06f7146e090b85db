using CsCheck;
using MacroCausal.Search.Samplers;
using static MacroCausal.Search.Tests.Simulation.Spaces;

namespace MacroCausal.Search.Tests.Samplers;

public sealed class HistoryTests
{
    [Fact]
    public void The_best_are_those_that_sorting_finds_whatever_happened_before() =>
        Gen.Select(Gen.Int[0, 150], Gen.Int[0, 5], Gen.Int[0, 9]).Array[0, 600].Sample(events =>
        {
            var history = Pending(151);
            Dictionary<int, (int Level, double Loss)> places = [];
            foreach (var (trial, kind, loss) in events)
            {
                if (kind == 5) history.Fail(trial);
                else history.Observe(trial, kind, loss == 9 ? null : loss);
                places.Remove(trial);
                if (kind < 5 && loss < 9) places[trial] = (kind, loss);
            }

            var sorted = places.OrderByDescending(place => place.Value.Level).ThenBy(place => place.Value.Loss).ThenBy(place => place.Key)
                .Select(place => place.Key);
            history.Best(25).ShouldBe(sorted.Take(25));
            history.Observed.ShouldBe(events.Select(happened => happened.Item1).Distinct().Count());
        }, iter: 300);

    [Fact]
    public void Finished_trials_come_before_those_at_a_rung()
    {
        var history = Pending(4);
        history.Observe(0, 0, 0.1);
        history.Observe(1, 3, 0.9);
        history.Observe(2, History.Finished, 5.0);
        history.Observe(3, History.Finished, double.NaN);
        history.Best(10).ShouldBe([2, 1, 0]);
    }

    [Fact]
    public void A_trial_is_added_once_and_before_it_is_observed()
    {
        var history = Pending(1);
        Should.Throw<ArgumentException>(() => history.Add(0, RandomSampler.Draw(Model, new RandomStream(9)))).Message
            .ShouldContain("Trial 0");
        Should.Throw<ArgumentException>(() => history.Observe(1, 0, 1)).Message.ShouldContain("Trial 1");
        Should.Throw<ArgumentException>(() => history.Fail(1));
    }

    [Fact]
    public void The_split_puts_pending_and_failed_trials_above()
    {
        var history = Pending(14);
        for (var trial = 0; trial < 12; trial++) history.Observe(trial, History.Finished, 20 - trial);
        history.Fail(11);
        var split = GoodBadSplit.Of(history, new TpeOptions());
        split.Below.ShouldBe([9, 10]);
        split.Above.ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13]);
        GoodBadSplit.Of(history, new TpeOptions { MaxAbove = 4 }).Above.ShouldBe([8, 11, 12, 13]);
    }

    [Fact]
    public void Failed_trials_never_count_as_good()
    {
        var history = Pending(20);
        for (var trial = 0; trial < 20; trial++) history.Fail(trial);
        GoodBadSplit.Of(history, new TpeOptions()).Below.ShouldBeEmpty();
        new TpeSampler(new TpeOptions()).Sample(history, 1).ShouldNotBeNull();
    }

    private static History Pending(int trials)
    {
        var history = new History(Model);
        for (var trial = 0; trial < trials; trial++) history.Add(trial, RandomSampler.Draw(Model, new RandomStream((ulong)trial)));
        return history;
    }
}
