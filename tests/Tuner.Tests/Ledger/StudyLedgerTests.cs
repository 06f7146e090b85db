using MacroCausal.Search.Studies;
using MacroCausal.Storage.Studies;
using MacroCausal.Tuner.Ledger;

namespace MacroCausal.Tuner.Tests.Ledger;

public sealed class StudyLedgerTests
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

        ledger.Silent(Start + TimeSpan.FromMinutes(3), Lease).ShouldBe([0]);
    }

    [Fact]
    public async Task A_segment_that_waits_in_the_queue_is_not_late_while_others_report()
    {
        var ledger = await LedgerAsync();
        ledger.Hear(0, Start + TimeSpan.FromMinutes(2));

        ledger.Silent(Start + TimeSpan.FromMinutes(3), Lease).ShouldBeEmpty();
        ledger.Silent(Start + TimeSpan.FromMinutes(4), Lease).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_segment_that_is_no_longer_out_is_never_late()
    {
        var ledger = await LedgerAsync();
        ledger.Track(Running(1) with { Status = Storage.Studies.TrialStatus.Paused }, Start);

        ledger.Out.ShouldBe([0]);
        ledger.Silent(Start + TimeSpan.FromHours(1), Lease).ShouldBe([0]);
    }

    [Fact]
    public async Task The_record_of_a_segment_that_is_out_is_at_hand_and_no_other()
    {
        var ledger = await LedgerAsync();
        ledger.Track(Running(1) with { Status = Storage.Studies.TrialStatus.Paused }, Start);

        ledger.Find(0)!.Trial.ShouldBe(0);
        ledger.Find(1).ShouldBeNull();
        ledger.Find(2).ShouldBeNull();
    }

    [Fact]
    public async Task A_fold_of_the_records_decides_what_the_study_that_wrote_them_would_have_decided()
    {
        var study = new Study(StudyPlans.Of(Settings));
        var first = (StartTrial)study.Next();
        study.Apply(first);

        var ledger = await StudyLedger.FoldAsync(
            Settings, Guid.Empty, new[] { TrialTransitions.Begin("study", first, Start) }.ToAsyncEnumerable(), Start, CancellationToken.None);

        ledger.Study.Next().ShouldBe(study.Next());
    }

    private static Task<StudyLedger> LedgerAsync() =>
        StudyLedger.FoldAsync(Settings, Guid.Empty, new[] { Running(0), Running(1) }.ToAsyncEnumerable(), Start, CancellationToken.None);

    private static TrialRecord Running(int trial) => new()
    {
        ExecutionId = "study",
        Trial = trial,
        Version = 0,
        Seed = trial,
        Config = new TrialConfig { LearningRate = 1e-3, BatchSize = 32, HiddenLayers = [64, 32], Dropout = 0.2, WeightDecay = 1e-4 },
        Status = Storage.Studies.TrialStatus.Running,
        Epoch = 0,
        ToEpoch = 10,
        Attempt = 0,
        IssuedAt = Start,
        Milestones = [],
        BestEpoch = 0,
    };
}
