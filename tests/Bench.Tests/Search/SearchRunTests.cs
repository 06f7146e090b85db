using MacroCausal.Bench.Search;
using MacroCausal.Search.Studies;

namespace MacroCausal.Bench.Tests.Search;

public sealed class SearchRunTests
{
    [Fact]
    public void Every_evaluation_counts_as_an_epoch_and_the_regret_is_never_negative()
    {
        var plan = new SearchOptions
        {
            Space = TestFunctions.Branin.Space,
            Trials = 1000,
            MaxEpochs = 1,
            GracePeriod = 1,
            Parallelism = 1,
            EpochBudget = 40,
            Sampler = "tpe",
            Scheduler = "none",
        };
        var finding = SearchRun.Run(plan, new FunctionTrainer(TestFunctions.Branin));

        finding.Epochs.ShouldBe(40);
        finding.Trials.ShouldBe(40);
        finding.Worth.ShouldBeInRange(0, 10);
        finding.ShouldBe(SearchRun.Run(plan, new FunctionTrainer(TestFunctions.Branin)));
    }

    [Fact]
    public void The_bootstrap_holds_the_mean_and_narrows_with_more_values()
    {
        var few = Bootstrap.Mean([.. Enumerable.Range(0, 10).Select(value => (double)(value % 10))]);
        var many = Bootstrap.Mean([.. Enumerable.Range(0, 1000).Select(value => (double)(value % 10))]);

        few.Mean.ShouldBe(4.5);
        few.Low.ShouldBeInRange(2.2, 3.2);
        few.High.ShouldBeInRange(5.8, 6.8);
        (many.High - many.Low).ShouldBe(4 * 2.872 / Math.Sqrt(1000), 0.05);
    }
}
