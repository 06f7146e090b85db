using CsCheck;
using MacroCausal.AmazonSqs.Visibility;

namespace MacroCausal.AmazonSqs.Tests.Visibility;

public sealed class RenewalPlanTests
{
    private static readonly Gen<RenewalPlan> Plans = Gen.Select(Gen.Int[1, 43_200], Gen.Int[60, 43_200], (visibility, renewal) =>
        new RenewalPlan(TimeSpan.FromSeconds(visibility), TimeSpan.FromSeconds(renewal), RenewalPlan.SqsLimit));

    [Fact]
    public void A_message_is_renewed_at_70_percent_of_its_visibility_by_60_seconds_at_most()
    {
        var plan = new RenewalPlan(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60), RenewalPlan.SqsLimit);

        plan.FirstRenewal.ShouldBe(TimeSpan.FromMinutes(7));
        plan.Renewal(held: TimeSpan.FromMinutes(7)).ShouldBe(TimeSpan.FromSeconds(60));
        RenewalPlan.After(TimeSpan.FromSeconds(60)).ShouldBe(TimeSpan.FromSeconds(42));
    }

    [Fact]
    public void No_renewal_reaches_over_the_12_hours_that_SQS_allows() =>
        Gen.Select(Plans, Gen.Int[0, 50_000]).Sample((plan, held) =>
        {
            var renewal = plan.Renewal(TimeSpan.FromSeconds(held));
            renewal.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
            (renewal == TimeSpan.Zero || TimeSpan.FromSeconds(held) + renewal <= TimeSpan.FromHours(12)).ShouldBeTrue();
        });

    [Fact]
    public void A_renewal_that_goes_through_is_followed_by_the_next_before_the_message_is_visible() => Plans.Sample(plan =>
    {
        plan.FirstRenewal.ShouldBeLessThan(plan.QueueVisibility);
        var renewal = plan.Renewal(plan.FirstRenewal);
        if (renewal > TimeSpan.Zero) RenewalPlan.After(renewal).ShouldBeLessThan(renewal);
    });

    [Fact]
    public void Failures_are_answered_with_longer_and_longer_pauses_up_to_15_seconds() =>
        Enumerable.Range(1, 8).Select(RenewalPlan.Pause).Select(pause => pause.TotalSeconds).ShouldBe([0.5, 1, 2, 4, 8, 15, 15, 15]);
}
