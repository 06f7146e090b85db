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
    public async Task A_segment_that_may_never_have_been_sent_is_late_after_one_lease()
    {
        var active = await FoldAsync(TrialTransitions.Begin("study", (StartTrial)new Study(SearchMapping.Of(Settings)).Next(), Start));
        var lease = new TunerOptions().Lease;

        active.Leases.ExpiredLeases(Start + 0.9 * lease).ShouldBeEmpty();
        active.Leases.ExpiredLeases(Start + lease).ShouldBe([new ExpiredLease(0, CountsAsAttempt: false)]);
    }

    private static Task<ActiveStudy> FoldAsync(params TrialRecord[] trials) =>
        ActiveStudy.FoldAsync(Settings, new TunerOptions(), Guid.Empty, trials.ToAsyncEnumerable(), Start, CancellationToken.None);
}
