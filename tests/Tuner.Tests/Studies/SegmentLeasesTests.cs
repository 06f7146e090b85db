using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class SegmentLeasesTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void A_segment_that_has_begun_is_late_a_lease_after_its_last_report()
    {
        var leases = TwoSegmentsAfterAFold();
        leases.RecordHeartbeat(0, Start + TimeSpan.FromMinutes(1));
        leases.RecordHeartbeat(1, Start + TimeSpan.FromMinutes(2));

        leases.ExpiredLeases(Start + TimeSpan.FromMinutes(3)).Select(expired => expired.Trial).ShouldBe([0]);
    }

    [Fact]
    public void A_segment_that_waits_in_the_queue_is_not_late_while_others_report()
    {
        var leases = TwoSegmentsAfterAFold();
        leases.RecordHeartbeat(0, Start + TimeSpan.FromMinutes(2));

        leases.ExpiredLeases(Start + TimeSpan.FromMinutes(3)).ShouldBeEmpty();
        leases.ExpiredLeases(Start + TimeSpan.FromMinutes(4)).Select(expired => expired.Trial).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_segment_that_was_just_sent_waits_four_leases_for_a_runner_that_may_have_to_be_started()
    {
        var leases = TwoSegmentsAfterAFold();
        leases.Track(Running(2), Start);

        leases.ExpiredLeases(Start + 3.9 * Lease).Select(expired => expired.Trial).ShouldBe([0, 1]);
        leases.ExpiredLeases(Start + 4 * Lease).Select(expired => expired.Trial).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Every_silence_doubles_the_wait_and_only_the_seventh_in_a_row_counts_as_an_attempt()
    {
        var leases = TwoSegmentsAfterAFold();
        var (now, waits, counted) = (Start, new List<double>(), new List<bool>());
        leases.Track(Running(2), now);
        for (var silence = 0; silence < 8; silence++)
        {
            var late = leases.ExpiredLeases(now += Lease * 256).Single(expired => expired.Trial == 2);
            leases.Track(Running(2), now);
            counted.Add(late.CountsAsAttempt);
            waits.Add(Enumerable.Range(1, 512).First(count =>
                leases.ExpiredLeases(now + count * Lease).Any(expired => expired.Trial == 2)));
        }

        waits.ShouldBe([8, 16, 32, 64, 128, 256, 256, 256]);
        counted.ShouldBe([false, false, false, false, false, false, true, true]);
    }

    [Fact]
    public void A_report_makes_up_for_all_silences_before()
    {
        var leases = TwoSegmentsAfterAFold();
        leases.Track(Running(2), Start);
        leases.Track(Running(2), Start);
        leases.RecordHeartbeat(2, Start);

        leases.ExpiredLeases(Start + Lease).ShouldContain(new ExpiredLease(2, CountsAsAttempt: false));
    }

    [Fact]
    public void A_segment_that_no_longer_runs_is_never_late()
    {
        var leases = TwoSegmentsAfterAFold();
        leases.Track(Running(1) with { Status = TrialStatus.Paused }, Start);

        leases.RunningSegments.ShouldBe([0]);
        leases.ExpiredLeases(Start + TimeSpan.FromHours(1)).Select(expired => expired.Trial).ShouldBe([0]);
    }

    [Fact]
    public void The_record_of_a_running_segment_is_at_hand_and_no_other()
    {
        var leases = TwoSegmentsAfterAFold();
        leases.Track(Running(1) with { Status = TrialStatus.Paused }, Start);

        leases.Find(0)!.Trial.ShouldBe(0);
        leases.Find(1).ShouldBeNull();
        leases.Find(2).ShouldBeNull();
    }

    [Fact]
    public void The_waits_follow_the_options()
    {
        var leases = new SegmentLeases(new TunerOptions { Lease = TimeSpan.FromSeconds(10), LeasesToBegin = 2, FreeReissues = 1 }, Start);
        var (now, waits, counted) = (Start, new List<double>(), new List<bool>());
        for (var issue = 0; issue < 4; issue++)
        {
            leases.Track(Running(0), now);
            var seconds = Enumerable.Range(1, 100).First(second => leases.ExpiredLeases(now.AddSeconds(second)).Count > 0);
            waits.Add(seconds);
            now = now.AddSeconds(seconds);
            counted.Add(leases.ExpiredLeases(now).Single().CountsAsAttempt);
        }

        waits.ShouldBe([20, 40, 40, 40]);
        counted.ShouldBe([false, true, true, true]);
    }

    [Fact]
    public void The_options_have_the_waits_of_the_design() =>
        new TunerOptions().ShouldBeEquivalentTo(new TunerOptions
        {
            Lease = TimeSpan.FromMinutes(2),
            LeasesToBegin = 4,
            FreeReissues = 6,
            SweepEvery = TimeSpan.FromSeconds(15),
            MaxAttempts = 3,
        });

    private static SegmentLeases TwoSegmentsAfterAFold()
    {
        var leases = new SegmentLeases(new TunerOptions { Lease = Lease }, Start);
        foreach (var trial in new[] { 0, 1 })
        {
            leases.Track(Running(trial), Start);
            leases.MarkSendUncertain(trial);
        }

        return leases;
    }

    private static TrialRecord Running(int trial) => new()
    {
        ExecutionId = "study",
        Trial = trial,
        Version = 0,
        Seed = trial,
        Config = new TrialConfig { LearningRate = 1e-3, BatchSize = 32, HiddenLayers = [64, 32], Dropout = 0.2, WeightDecay = 1e-4 },
        Status = TrialStatus.Running,
        Epoch = 0,
        ToEpoch = 10,
        Attempt = 0,
        IssuedAt = Start,
        Milestones = [],
        BestEpoch = 0,
    };
}
