using MacroCausal.Bench.Scaling;

namespace MacroCausal.Bench.Tests.Scaling;

public sealed class ScalingRulesTests
{
    private static readonly KedaSettings Settings =
        new() { QueueLength = 1, ActivationQueueLength = 0, CooldownPeriod = 300, MaxReplicas = 50 };

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(5, 5, false)]
    [InlineData(6, 5, true)]
    public void A_trigger_is_active_above_the_activation_value(int depth, int activation, bool isActive) =>
        ScalingRules.IsActive(depth, Settings with { ActivationQueueLength = activation }).ShouldBe(isActive);

    [Theory]
    [InlineData(0, true, 0, 1)]
    [InlineData(7, true, 0, 7)]
    [InlineData(7, false, 299, 7)]
    [InlineData(7, false, 300, 0)]
    [InlineData(0, false, 0, 0)]
    public void Keda_itself_goes_from_zero_to_one_and_after_the_cooldown_to_zero(int replicas, bool isActive, double idleFor, int wanted) =>
        ScalingRules.AtPoll(replicas, isActive, idleFor, Settings).ShouldBe(wanted);

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(30, 1, 1, 30)]
    [InlineData(30, 1, 4, 8)]
    [InlineData(80, 1, 1, 50)]
    [InlineData(0, 9, 1, 1)]
    [InlineData(21, 20, 1, 20)]
    [InlineData(9, 10, 1, 10)]
    [InlineData(12, 10, 1, 12)]
    [InlineData(8, 10, 1, 8)]
    public void The_hpa_divides_the_depth_among_replicas_and_lets_a_tenth_pass(int depth, int replicas, int queueLength, int wanted) =>
        ScalingRules.Recommend(depth, replicas, Settings with { QueueLength = queueLength }).ShouldBe(wanted);

    [Theory]
    [InlineData(10, 20, 20, 20)]
    [InlineData(10, 3, 10, 10)]
    [InlineData(10, 3, 6, 6)]
    [InlineData(10, 3, 15, 10)]
    public void Only_scaling_down_waits_for_the_window(int replicas, int newest, int highest, int wanted) =>
        ScalingRules.Stabilize(replicas, newest, highest).ShouldBe(wanted);

    [Theory]
    [InlineData(1, 50, 5)]
    [InlineData(5, 50, 10)]
    [InlineData(40, 50, 50)]
    [InlineData(50, 1, 1)]
    public void A_period_adds_four_pods_or_as_many_as_there_are_and_takes_away_any_number(int replicas, int wanted, int limited) =>
        ScalingRules.Limit(replicas, wanted).ShouldBe(limited);
}
