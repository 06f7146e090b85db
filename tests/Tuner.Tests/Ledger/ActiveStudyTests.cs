using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner.Ledger;

namespace MacroCausal.Tuner.Tests.Ledger;

public sealed class ActiveStudyTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private static readonly StudySettings Settings = new()
    {
        ExecutionId = "study",
        GoldBucket = "gold",
        ArtifactsBucket = "artifacts",
        ModelRegistryTable = "models",
    };

    [Fact]
    public async Task A_segment_that_has_begun_is_late_a_lease_after_its_last_report()
    {
        var ledger = await LedgerAsync();
        ledger.Hear(0, Start + TimeSpan.FromMinutes(1));
        ledger.Hear(1, Start + TimeSpan.FromMinutes(2));

        ledger.Silent(Start + TimeSpan.FromMinutes(3), Lease).Select(silent => silent.Trial).ShouldBe([0]);
    }

    [Fact]
    public async Task A_segment_that_waits_in_the_queue_is_not_late_while_others_report()
    {
        var ledger = await LedgerAsync();
        ledger.Hear(0, Start + TimeSpan.FromMinutes(2));

        ledger.Silent(Start + TimeSpan.FromMinutes(3), Lease).ShouldBeEmpty();
        ledger.Silent(Start + TimeSpan.FromMinutes(4), Lease).Select(silent => silent.Trial).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_segment_that_was_just_sent_waits_four_leases_for_a_runner_that_may_have_to_be_started()
    {
        var ledger = await LedgerAsync();
        ledger.Track(Running(2), Start);

        ledger.Silent(Start + 3.9 * Lease, Lease).Select(silent => silent.Trial).ShouldBe([0, 1]);
        ledger.Silent(Start + 4 * Lease, Lease).Select(silent => silent.Trial).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Every_silence_doubles_the_wait_and_only_the_seventh_in_a_row_counts_as_an_attempt()
    {
        var ledger = await LedgerAsync();
        var (now, waits, counted) = (Start, new List<double>(), new List<bool>());
        ledger.Track(Running(2), now);
        for (var silence = 0; silence < 8; silence++)
        {
            var late = ledger.Silent(now += Lease * 256, Lease).Single(silent => silent.Trial == 2);
            ledger.Track(Running(2), now);
            counted.Add(late.CountsAsAttempt);
            waits.Add(Enumerable.Range(1, 512).First(leases => ledger.Silent(now + leases * Lease, Lease).Any(silent => silent.Trial == 2)));
        }

        waits.ShouldBe([8, 16, 32, 64, 128, 256, 256, 256]);
        counted.ShouldBe([false, false, false, false, false, false, true, true]);
    }

    [Fact]
    public async Task A_report_makes_up_for_all_silences_before()
    {
        var ledger = await LedgerAsync();
        ledger.Track(Running(2), Start);
        ledger.Track(Running(2), Start);
        ledger.Hear(2, Start);

        ledger.Silent(Start + Lease, Lease).ShouldContain(new SilentSegment(2, CountsAsAttempt: false));
    }

    [Fact]
    public async Task A_segment_that_is_no_longer_out_is_never_late()
    {
        var ledger = await LedgerAsync();
        ledger.Track(Running(1) with { Status = TrialStatus.Paused }, Start);

        ledger.Out.ShouldBe([0]);
        ledger.Silent(Start + TimeSpan.FromHours(1), Lease).Select(silent => silent.Trial).ShouldBe([0]);
    }

    [Fact]
    public async Task The_record_of_a_segment_that_is_out_is_at_hand_and_no_other()
    {
        var ledger = await LedgerAsync();
        ledger.Track(Running(1) with { Status = TrialStatus.Paused }, Start);

        ledger.Find(0)!.Trial.ShouldBe(0);
        ledger.Find(1).ShouldBeNull();
        ledger.Find(2).ShouldBeNull();
    }

    [Fact]
    public async Task A_fold_of_the_records_decides_what_the_study_that_wrote_them_would_have_decided()
    {
        var study = new Study(SearchMapping.Of(Settings));
        var first = (StartTrial)study.Next();
        study.Apply(first);

        var ledger = await ActiveStudy.FoldAsync(
            Settings, Guid.Empty, new[] { TrialTransitions.Begin("study", first, Start) }.ToAsyncEnumerable(), Start, CancellationToken.None);

        ledger.Study.Next().ShouldBe(study.Next());
    }

    private static Task<ActiveStudy> LedgerAsync() =>
        ActiveStudy.FoldAsync(Settings, Guid.Empty, new[] { Running(0), Running(1) }.ToAsyncEnumerable(), Start, CancellationToken.None);

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
