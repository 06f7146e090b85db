using CsCheck;
using MacroCausal.AmazonSqs.Visibility;

namespace MacroCausal.AmazonSqs.Tests.Visibility;

public sealed class RenewalScheduleTests
{
    private static readonly Gen<RenewalSchedule> Schedules = Gen.Select(Gen.Int[1, 43_200], Gen.Int[60, 43_200], (visibility, extension) =>
        new RenewalSchedule(TimeSpan.FromSeconds(visibility), TimeSpan.FromSeconds(extension), RenewalSchedule.MaxSqsVisibility));

    [Fact]
    public void A_message_is_renewed_at_70_percent_of_its_visibility_by_60_seconds_at_most()
    {
        var schedule = new RenewalSchedule(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60), RenewalSchedule.MaxSqsVisibility);

        schedule.FirstRenewal.ShouldBe(TimeSpan.FromMinutes(7));
        schedule.Extension(held: TimeSpan.FromMinutes(7)).ShouldBe(TimeSpan.FromSeconds(60));
        schedule.NextRenewal(TimeSpan.FromSeconds(60)).ShouldBe(TimeSpan.FromSeconds(42));
    }

    [Fact]
    public void No_renewal_reaches_over_the_12_hours_that_SQS_allows() =>
        Gen.Select(Schedules, Gen.Int[0, 50_000]).Sample((schedule, held) =>
        {
            var extension = schedule.Extension(TimeSpan.FromSeconds(held));
            extension.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
            (extension == TimeSpan.Zero || TimeSpan.FromSeconds(held) + extension <= TimeSpan.FromHours(12)).ShouldBeTrue();
        });

    [Fact]
    public void A_renewal_that_goes_through_is_followed_by_the_next_before_the_message_is_visible() => Schedules.Sample(schedule =>
    {
        schedule.FirstRenewal.ShouldBeLessThan(schedule.QueueVisibility);
        var extension = schedule.Extension(schedule.FirstRenewal);
        if (extension > TimeSpan.Zero)
        {
            schedule.NextRenewal(extension).ShouldBeLessThan(extension);
        }
    });

    [Fact]
    public void Failures_are_answered_with_longer_and_longer_pauses_up_to_15_seconds()
    {
        var schedule = new RenewalSchedule(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60), RenewalSchedule.MaxSqsVisibility);

        Enumerable.Range(1, 8).Select(schedule.Backoff).Select(pause => pause.TotalSeconds).ShouldBe([0.5, 1, 2, 4, 8, 15, 15, 15]);
    }
}
