using CsCheck;
using MacroCausal.Search.Studies;
using MacroCausal.Search.Tests.Simulation;

namespace MacroCausal.Search.Tests.Studies;

public sealed class PromotionTests
{
    [Fact]
    public void Every_decision_is_that_of_the_papers_algorithm() =>
        Gen.Select(Gen.Int[1, 80], Gen.Int[1, 30], Gen.Int[1, 4], Gen.Int[1, 60], Gen.Int[2, 4], Gen.ULong)
            .Sample((trials, parallelism, grace, epochs, eta, seed) =>
            {
                var plan = new SearchOptions
                {
                    Space = Simulation.Spaces.Model,
                    Sampler = "random",
                    Trials = trials,
                    Parallelism = parallelism,
                    GracePeriod = grace,
                    MaxEpochs = epochs,
                    ReductionFactor = eta,
                };
                var naive = new NaiveAsha(new Study(plan).Milestones, eta);
                new VirtualCluster(plan, FaultRates.Rough with { Restarts = 0.1 }, seed)
                {
                    WatchReport = naive.Record,
                    Watch = (_, decision) =>
                    {
                        (decision as ContinueTrial).ShouldBe(naive.Promotion());
                        if (decision is ContinueTrial promotion) naive.Promote(promotion);
                    },
                }.Run();
                naive.Promotion().ShouldBeNull();
            });

    [Fact]
    public void A_trial_is_promoted_only_from_among_the_best_share_of_its_rung()
    {
        Dictionary<int, List<double>> losses = [];
        var plan = new SearchOptions
        {
            Space = Simulation.Spaces.Model,
            Sampler = "random",
            Trials = 500,
            GracePeriod = 1,
            MaxEpochs = 27,
            ReductionFactor = 3,
            Parallelism = 100,
        };
        TrialBook? book = null;
        var cluster = new VirtualCluster(plan, new FaultRates(), 3)
        {
            WatchReport = (report, milestone) => Losses(milestone).Add(report.Loss!.Value),
            Watch = (study, decision) =>
            {
                if (decision is not ContinueTrial next) return;
                var reached = Losses(next.FromEpoch);
                study.Rungs[study.Milestones.RungAt(next.FromEpoch)].Recorded.ShouldBe(reached.Count);
                LossOf(next).ShouldBeLessThanOrEqualTo(reached.Order().ElementAt((reached.Count / 3) - 1));
            },
        };
        book = cluster.Book;
        cluster.Run().Journal.OfType<ContinueTrial>().Count().ShouldBeGreaterThan(100);

        List<double> Losses(int milestone) => losses.TryGetValue(milestone, out var list) ? list : losses[milestone] = [];

        double LossOf(ContinueTrial next) => book![next.Trial].Milestones[^1].Loss!.Value;
    }
}
