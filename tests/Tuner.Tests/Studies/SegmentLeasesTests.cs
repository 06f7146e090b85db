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
        var leases = Issued(0, 1);
        leases.RecordHeartbeat(0, Start + TimeSpan.FromMinutes(1));
        leases.RecordHeartbeat(1, Start + TimeSpan.FromMinutes(2));

        Late(leases, Start + TimeSpan.FromMinutes(3)).ShouldBe([0]);
    }

    [Fact]
    public void A_segment_that_waits_in_the_queue_is_not_late_while_others_report()
    {
        var leases = Issued(0, 1);
        leases.RecordHeartbeat(0, Start + 3 * Lease);

        Late(leases, Start + 6.9 * Lease).ShouldBe([0]);
        Late(leases, Start + 7 * Lease).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_segment_that_is_overtaken_by_one_issued_four_leases_later_is_lost_and_late_however_busy_the_study_is()
    {
        var leases = Issued(0, 1);
        leases.Track(Running(1) with { Epoch = 10, ToEpoch = 20, IssuedAt = Start + 3.9 * Lease });
        leases.RecordHeartbeat(1, Start + 4 * Lease);
        Late(leases, Start + 4.1 * Lease).ShouldBeEmpty();

        leases.Track(Running(1) with { Epoch = 20, ToEpoch = 40, IssuedAt = Start + 4 * Lease });
        leases.RecordHeartbeat(1, Start + 4.1 * Lease);

        Late(leases, Start + 4.1 * Lease).ShouldBe([0]);
    }

    [Fact]
    public void A_segment_that_was_just_sent_waits_four_leases_for_a_runner_that_may_have_to_be_started()
    {
        var leases = Issued(0);

        Late(leases, Start + 3.9 * Lease).ShouldBeEmpty();
        Late(leases, Start + 4 * Lease).ShouldBe([0]);
    }

    [Fact]
    public void A_segment_that_may_never_have_been_sent_is_late_after_one_lease_unless_somebody_has_begun_it()
    {
        var leases = Issued(0, 1);
        leases.RecordHeartbeat(1, Start + 0.5 * Lease);

        leases.ExpiredLeases(Start + 0.9 * Lease, [0, 1]).ShouldBeEmpty();
        leases.ExpiredLeases(Start + Lease, [0, 1]).ShouldBe([new ExpiredLease(0, Reissues: 0, CountsAsAttempt: false)]);
    }

    [Fact]
    public void Every_silence_doubles_the_wait_and_only_the_seventh_in_a_row_counts_as_an_attempt()
    {
        var (now, waits, counted, reissues) = (Start, new List<double>(), new List<bool>(), 0);
        for (var silence = 0; silence < 8; silence++)
        {
            // A Tuner that has just begun, and knows only the record.
            var leases = new SegmentLeases(new TunerOptions { Lease = Lease });
            leases.Track(Running(2) with { IssuedAt = now, Reissues = reissues });
            waits.Add(Enumerable.Range(1, 512).First(count => Late(leases, now + count * Lease).Count > 0));
            var late = leases.ExpiredLeases(now += Lease * waits[^1], []).Single();
            counted.Add(late.CountsAsAttempt);
            late.Reissues.ShouldBe(++reissues);
        }

        waits.ShouldBe([4, 8, 16, 32, 64, 128, 256, 256]);
        counted.ShouldBe([false, false, false, false, false, false, true, true]);
    }

    [Fact]
    public void A_report_makes_up_for_all_silences_before()
    {
        var leases = Issued(0);
        leases.Track(Running(0) with { Reissues = 5 });
        leases.RecordHeartbeat(0, Start + Lease);

        leases.ExpiredLeases(Start + 2 * Lease, []).ShouldBe([new ExpiredLease(0, Reissues: 1, CountsAsAttempt: false)]);
    }

    [Fact]
    public void A_report_before_a_reissue_says_nothing_of_what_was_issued_then()
    {
        var leases = Issued(0);
        leases.RecordHeartbeat(0, Start + Lease);
        leases.Track(Running(0) with { IssuedAt = Start + 2 * Lease, Reissues = 1 });

        Late(leases, Start + 9.9 * Lease).ShouldBeEmpty();
        Late(leases, Start + 10 * Lease).ShouldBe([0]);
    }

    [Fact]
    public void A_heartbeat_on_record_counts_as_a_report_an_eighth_of_a_lease_later_but_not_beyond_now()
    {
        var (early, late) = (Issued(0), Issued(0));
        early.TrackHeartbeat(new HeartbeatRecord("study", 0, Start + 0.5 * Lease), Start + 0.55 * Lease);
        late.TrackHeartbeat(new HeartbeatRecord("study", 0, Start + 0.5 * Lease), Start + Lease);

        Late(early, Start + 1.54 * Lease).ShouldBeEmpty();
        Late(early, Start + 1.56 * Lease).ShouldBe([0]);
        Late(late, Start + 1.62 * Lease).ShouldBeEmpty();
        Late(late, Start + 1.63 * Lease).ShouldBe([0]);
    }

    [Fact]
    public void A_heartbeat_of_an_earlier_segment_begins_nothing()
    {
        var leases = Issued(0);
        leases.TrackHeartbeat(new HeartbeatRecord("study", 0, Start - TimeSpan.FromSeconds(1)), Start + Lease);

        Late(leases, Start + 3.9 * Lease).ShouldBeEmpty();
        Late(leases, Start + 4 * Lease).ShouldBe([0]);
    }

    [Fact]
    public void A_heartbeat_is_to_be_recorded_where_the_one_on_record_is_old_or_of_an_earlier_issue()
    {
        var leases = Issued(0);

        leases.RecordHeartbeat(0, Start + TimeSpan.FromSeconds(1)).ShouldBeTrue();
        leases.RecordHeartbeat(0, Start + TimeSpan.FromSeconds(15)).ShouldBeFalse();
        leases.RecordHeartbeat(0, Start + TimeSpan.FromSeconds(16)).ShouldBeTrue();
        leases.Track(Running(0) with { ToEpoch = 20, IssuedAt = Start + TimeSpan.FromSeconds(17) });
        leases.RecordHeartbeat(0, Start + TimeSpan.FromSeconds(18)).ShouldBeTrue();
        leases.RecordHeartbeat(7, Start + TimeSpan.FromSeconds(18)).ShouldBeFalse();
    }

    [Fact]
    public void A_segment_that_no_longer_runs_is_never_late()
    {
        var leases = Issued(0, 1);
        leases.Track(Running(1) with { Status = TrialStatus.Paused });

        leases.RunningSegments.ShouldBe([0]);
        Late(leases, Start + TimeSpan.FromHours(1)).ShouldBe([0]);
    }

    [Fact]
    public void The_record_of_a_running_segment_is_at_hand_and_no_other()
    {
        var leases = Issued(0, 1);
        leases.Track(Running(1) with { Status = TrialStatus.Paused });

        leases.Find(0)!.Trial.ShouldBe(0);
        leases.Find(1).ShouldBeNull();
        leases.Find(2).ShouldBeNull();
    }

    [Fact]
    public void The_waits_follow_the_options()
    {
        var leases = new SegmentLeases(new TunerOptions { Lease = TimeSpan.FromSeconds(10), LeasesToBegin = 2, FreeReissues = 1 });
        var (now, waits, counted) = (Start, new List<double>(), new List<bool>());
        for (var issue = 0; issue < 4; issue++)
        {
            leases.Track(Running(0) with { IssuedAt = now, Reissues = issue });
            var seconds = Enumerable.Range(1, 100).First(second => Late(leases, now.AddSeconds(second)).Count > 0);
            waits.Add(seconds);
            now = now.AddSeconds(seconds);
            counted.Add(leases.ExpiredLeases(now, []).Single().CountsAsAttempt);
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

    private static SegmentLeases Issued(params int[] trials)
    {
        var leases = new SegmentLeases(new TunerOptions { Lease = Lease });
        foreach (var trial in trials)
        {
            leases.Track(Running(trial));
        }

        return leases;
    }

    private static List<int> Late(SegmentLeases leases, DateTimeOffset now) =>
        [.. leases.ExpiredLeases(now, []).Select(expired => expired.Trial)];

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
