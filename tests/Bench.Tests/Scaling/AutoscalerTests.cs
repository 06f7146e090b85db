using MacroCausal.Bench.Scaling;

namespace MacroCausal.Bench.Tests.Scaling;

public sealed class AutoscalerTests
{
    private readonly Autoscaler _autoscaler = new(new KedaSettings { StabilizationWindow = 60, CooldownPeriod = 120 });

    [Fact]
    public void Fifty_messages_bring_fifty_replicas_in_six_steps()
    {
        _autoscaler.Sync(0, 50);
        _autoscaler.Replicas.ShouldBe(0);
        _autoscaler.Poll(5, 50);

        Steps(15, 50, count: 6).ShouldBe([5, 10, 20, 40, 50, 50]);
    }

    [Fact]
    public void An_empty_queue_is_believed_after_the_window_and_leaves_one_replica_until_the_cooldown_is_over()
    {
        _autoscaler.Poll(0, 10);
        Steps(15, 10, count: 4);

        Steps(75, 0, count: 6).ShouldBe([10, 10, 10, 10, 1, 1]);
        _autoscaler.Poll(119, 0);
        _autoscaler.Replicas.ShouldBe(1);
        _autoscaler.Poll(120, 0);
        _autoscaler.Replicas.ShouldBe(0);
    }

    private int[] Steps(double from, int depth, int count) => [.. Enumerable.Range(0, count).Select(step =>
    {
        _autoscaler.Sync(from + (step * ScalingRules.SyncPeriod), depth);
        return _autoscaler.Replicas;
    })];
}
