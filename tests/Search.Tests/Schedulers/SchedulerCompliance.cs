using CsCheck;
using MacroCausal.Search.Studies;
using MacroCausal.Search.Tests.Simulation;

namespace MacroCausal.Search.Tests.Schedulers;

/// <summary>What every scheduler must hold to, in whole studies simulated in virtual time.</summary>
public abstract class SchedulerCompliance(string scheduler)
{
    private static Gen<(SearchOptions Plan, ulong Seed)> Studies(string scheduler) =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 12], Gen.Int[1, 5], Gen.Int[1, 40], Gen.Int[2, 4], Gen.ULong)
            .Select((trials, parallelism, grace, epochs, eta, seed) => (new SearchOptions
            {
                Space = Simulation.Spaces.Model,
                Sampler = "random",
                Scheduler = scheduler,
                Trials = trials,
                Parallelism = parallelism,
                GracePeriod = grace,
                MaxEpochs = epochs,
                ReductionFactor = eta,
                Seed = unchecked((long)seed),
            }, seed));

    [Fact]
    public void Every_order_of_arrival_ends_with_all_trials_started() => Studies(scheduler).Sample(study =>
    {
        var cluster = new VirtualCluster(study.Plan, FaultRates.Rough, study.Seed).Run();
        cluster.Study.IsOver.ShouldBeTrue();
        cluster.Study.Next().ShouldBe(new Finish());
        cluster.Study.Trials.ShouldBe(study.Plan.Trials);
        cluster.MaxRunning.ShouldBeLessThanOrEqualTo(study.Plan.Parallelism);
    });

    [Fact]
    public void A_study_folded_again_at_any_time_and_in_any_order_decides_as_one_never_disturbed() => Studies(scheduler).Sample(study =>
    {
        var undisturbed = new VirtualCluster(study.Plan, FaultRates.Rough, study.Seed).Run();
        var restarted = new VirtualCluster(study.Plan, FaultRates.Rough with { Restarts = 0.3 }, study.Seed).Run();
        restarted.Journal.ShouldBe(undisturbed.Journal);
        restarted.Study.Best.ShouldBe(undisturbed.Study.Best);
        restarted.Study.EpochsDone.ShouldBe(undisturbed.Study.EpochsDone);
        restarted.Study.Failed.ShouldBe(undisturbed.Study.Failed);
        restarted.Study.Rungs.ShouldBe(undisturbed.Study.Rungs);
    }, iter: 50);

    [Fact]
    public void A_study_that_is_brought_up_to_its_records_by_steps_decides_as_one_never_disturbed() => Studies(scheduler).Sample(study =>
    {
        var undisturbed = new VirtualCluster(study.Plan, FaultRates.Rough, study.Seed).Run();
        var handedOver = new VirtualCluster(study.Plan, FaultRates.Rough with { Handovers = 0.5 }, study.Seed).Run();
        handedOver.Journal.ShouldBe(undisturbed.Journal);
        handedOver.Study.Best.ShouldBe(undisturbed.Study.Best);
        handedOver.Study.EpochsDone.ShouldBe(undisturbed.Study.EpochsDone);
        handedOver.Study.Failed.ShouldBe(undisturbed.Study.Failed);
        handedOver.Study.Rungs.ShouldBe(undisturbed.Study.Rungs);
    }, iter: 50);

    [Fact]
    public void No_trial_goes_on_twice_from_a_milestone_or_after_its_end() => Studies(scheduler).Sample(study =>
    {
        var ended = new HashSet<int>();
        var cluster = new VirtualCluster(study.Plan, FaultRates.Rough, study.Seed)
        {
            Watch = (_, decision) => (decision is ContinueTrial next && ended.Contains(next.Trial)).ShouldBeFalse(),
            WatchReport = (report, _) =>
            {
                if (report.EndedEarly || report.Loss is null) ended.Add(report.Trial);
            },
        }.Run();
        var continued = cluster.Journal.OfType<ContinueTrial>().Select(next => (next.Trial, next.FromEpoch)).ToList();
        continued.Distinct().Count().ShouldBe(continued.Count);
    });

    [Fact]
    public void Duplicates_change_nothing() => Studies(scheduler).Sample(study =>
    {
        var rates = FaultRates.Rough with { Duplicates = 0 };
        var calm = new VirtualCluster(study.Plan, rates, study.Seed).Run();
        var stormy = new VirtualCluster(study.Plan, rates with { Duplicates = 1 }, study.Seed).Run();
        stormy.Journal.ShouldBe(calm.Journal);
        stormy.Study.Rungs.ShouldBe(calm.Study.Rungs);
        stormy.Ignored.ShouldBeGreaterThan(calm.Ignored);
    }, iter: 50);

    [Fact]
    public void A_rung_counts_every_trial_that_reached_it()
    {
        var plan = new SearchOptions
        {
            Space = Simulation.Spaces.Model,
            Sampler = "random",
            Scheduler = scheduler,
            Trials = 1000,
            Parallelism = 300,
            GracePeriod = 1,
            MaxEpochs = 81,
            ReductionFactor = 3,
        };
        List<int> reached = [];
        var cluster = new VirtualCluster(plan, FaultRates.Rough with { Restarts = 0.01 }, 7)
        {
            WatchReport = (_, toEpoch) => reached.Add(toEpoch),
        }.Run();
        cluster.Study.Rungs.Select(rung => rung.Recorded).ShouldBe(
            cluster.Study.Milestones.Select(milestone => reached.Count(epoch => epoch == milestone)));
        cluster.Study.Rungs.Select(rung => rung.Promoted).ShouldBe(
            cluster.Study.Milestones.Select(
                milestone => cluster.Journal.OfType<ContinueTrial>().Count(next => next.FromEpoch == milestone)));
        cluster.MaxRunning.ShouldBe(300);
        cluster.Restarts.ShouldBeGreaterThan(5);
    }
}

public sealed class AshaComplianceTests() : SchedulerCompliance("asha");

public sealed class AshaStoppingComplianceTests() : SchedulerCompliance("asha-stopping");

public sealed class NoPruningComplianceTests() : SchedulerCompliance("none");
