using MacroCausal.Bench.Scaling;

namespace MacroCausal.Bench.Tests.Scaling;

public sealed class VirtualClusterTests
{
    private static readonly ClusterSettings Calm = new() { Trials = 60, Parallelism = 10, NodeStart = 60 };
    private static readonly ClusterSettings Stormy = Calm with { SpotLife = 0.1 };

    [Fact]
    public void A_seed_gives_the_same_study_again()
    {
        VirtualCluster.Run(Stormy, new KedaSettings()).ShouldBe(VirtualCluster.Run(Stormy, new KedaSettings()));
        VirtualCluster.Run(Stormy with { Seed = 2 }, new KedaSettings()).ShouldNotBe(VirtualCluster.Run(Stormy, new KedaSettings()));
    }

    [Fact]
    public void A_calm_fixed_fleet_repeats_nothing()
    {
        var cost = VirtualCluster.Run(Calm, runners: 10);

        cost.SpotKills.ShouldBe(0);
        cost.Repeated.ShouldBe(0, 1e-9);
        cost.Starting.ShouldBe(10 * 90 / 3600.0, 1e-9);
        cost.GpuHours.ShouldBe(10 * cost.WallHours, 1e-9);
        cost.Idle.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Spot_kills_cost_repeated_epochs_and_starts_but_no_trial()
    {
        var calm = VirtualCluster.Run(Calm, runners: 10);
        var stormy = VirtualCluster.Run(Stormy, runners: 10);

        stormy.SpotKills.ShouldBeGreaterThan(0);
        stormy.Repeated.ShouldBeGreaterThan(calm.Repeated);
        stormy.Starting.ShouldBeGreaterThan(calm.Starting);
        stormy.FailedTrials.ShouldBe(0);
    }

    [Fact]
    public void More_messages_a_replica_make_a_smaller_and_slower_fleet()
    {
        var one = VirtualCluster.Run(Calm, new KedaSettings { QueueLength = 1 });
        var five = VirtualCluster.Run(Calm, new KedaSettings { QueueLength = 5 });

        five.GpuHours.ShouldBeLessThan(one.GpuHours);
        five.WallHours.ShouldBeGreaterThan(one.WallHours);
    }
}
