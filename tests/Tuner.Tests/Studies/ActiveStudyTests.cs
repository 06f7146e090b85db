using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class ActiveStudyTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private static readonly StudySettings Settings = new()
    {
        ExecutionId = "study",
        GoldBucket = "gold",
        ArtifactsBucket = "artifacts",
        ModelRegistryTable = "models",
    };

    [Fact]
    public async Task A_fold_of_the_records_decides_what_the_study_that_wrote_them_would_have_decided()
    {
        var study = new Study(SearchMapping.Of(Settings));
        var first = (StartTrial)study.Next();
        study.Apply(first);

        var active = await FoldAsync(TrialTransitions.Begin("study", first, Start));

        active.Study.Next().ShouldBe(study.Next());
    }

    [Fact]
    public async Task A_trial_that_another_Tuner_has_changed_is_taken_in_and_the_next_decision_is_that_of_a_new_fold()
    {
        var first = (StartTrial)new Study(SearchMapping.Of(Settings)).Next();
        var begun = TrialTransitions.Begin("study", first, Start);
        var active = await FoldAsync(begun);
        var ended = TrialTransitions.CompleteSegment(begun, Ended, Settings.MaxEpochs);

        active.Update(ended);
        active.Update(ended);

        active.Study.Next().ShouldBe((await FoldAsync(ended)).Study.Next());
        active.Leases.RunningSegments.ShouldBeEmpty();
    }

    private static TrialEpochCompleted Ended => new()
    {
        ExecutionId = "study",
        Trial = 0,
        Epoch = 10,
        ToEpoch = 10,
        BestValidationLoss = 1,
        BestEpoch = 9,
        Seconds = 1,
        RowsPerSecond = 1,
        Checkpoint = new("s3://artifacts/0", ""),
        Runner = "test",
    };

    private static Task<ActiveStudy> FoldAsync(params TrialRecord[] trials) =>
        ActiveStudy.FoldAsync(Settings, new TunerOptions(), Guid.Empty, trials.ToAsyncEnumerable(), CancellationToken.None);
}
