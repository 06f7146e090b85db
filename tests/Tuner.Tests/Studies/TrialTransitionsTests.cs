using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class TrialTransitionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private static readonly TrialRecord Running = new()
    {
        ExecutionId = "study",
        Trial = 3,
        Version = 4,
        Seed = 1,
        Config = new TrialConfig { LearningRate = 1e-3, BatchSize = 32, HiddenLayers = [64, 32], Dropout = 0.2, WeightDecay = 1e-4 },
        Status = TrialStatus.Running,
        Epoch = 10,
        ToEpoch = 20,
        Attempt = 1,
        IssuedAt = Now,
        Milestones = [new(10, 5)],
        BestEpoch = 9,
        Checkpoint = new("s3://artifacts/10", "a"),
    };

    private static readonly TrialEpochCompleted Report = new()
    {
        ExecutionId = "study",
        Trial = 3,
        Epoch = 20,
        ToEpoch = 20,
        Metrics = new((EpochMetrics.ValidationLoss, 4.5)),
        BestValidationLoss = 4,
        BestEpoch = 18,
        Seconds = 1,
        RowsPerSecond = 1,
        Checkpoint = new("s3://artifacts/20", "b"),
        Runner = "runner",
    };

    [Fact]
    public void A_finished_segment_pauses_the_trial_with_its_best_loss_at_the_milestone()
    {
        var next = TrialTransitions.CompleteSegment(Running, Report, maxEpochs: 100);

        (next.Status, next.Epoch, next.BestEpoch, next.Version).ShouldBe((TrialStatus.Paused, 20, 18, 5));
        next.Milestones.ShouldBe([new(10, 5), new(20, 4)]);
        next.Checkpoint.ShouldBe(Report.Checkpoint);
    }

    [Theory]
    [InlineData(true, 13, 100)]
    [InlineData(false, 20, 20)]
    public void A_trial_that_ends_early_or_at_the_last_epoch_is_complete(bool endedEarly, int epoch, int maxEpochs)
    {
        var next = TrialTransitions.CompleteSegment(Running, Report with { EndedEarly = endedEarly, Epoch = epoch }, maxEpochs);

        (next.Status, next.Epoch).ShouldBe((TrialStatus.Completed, epoch));
        next.Milestones[^1].Epoch.ShouldBe(20);
    }

    [Fact]
    public void Only_the_end_of_the_running_segment_is_news()
    {
        TrialTransitions.IsNews(Running, Report).ShouldBeTrue();
        TrialTransitions.IsNews(Running, Report with { Checkpoint = null }).ShouldBeFalse();
        TrialTransitions.IsNews(Running, Report with { Epoch = 10, ToEpoch = 10 }).ShouldBeFalse();
        TrialTransitions.IsNews(TrialTransitions.CompleteSegment(Running, Report, 100), Report).ShouldBeFalse();
    }

    [Fact]
    public void A_late_report_makes_up_for_a_failure()
    {
        var failed = TrialTransitions.Fail(Running, "nothing was heard of it");

        TrialTransitions.IsNews(failed, Report).ShouldBeTrue();
        TrialTransitions.CompleteSegment(failed, Report, 100).Failure.ShouldBeNull();
    }

    [Fact]
    public void A_resume_counts_no_attempt_and_a_lost_lease_does()
    {
        TrialTransitions.Reissue(Running, 0, countsAsAttempt: false, Now).Attempt.ShouldBe(1);
        TrialTransitions.Reissue(Running, 4, countsAsAttempt: true, Now).Attempt.ShouldBe(2);
    }

    [Fact]
    public void A_promoted_trial_continues_from_where_it_is_with_fresh_attempts()
    {
        var paused = TrialTransitions.CompleteSegment(TrialTransitions.Reissue(Running, 4, countsAsAttempt: true, Now), Report, 100);

        var next = TrialTransitions.Continue(paused, new ContinueTrial(3, 20, 40), Now + TimeSpan.FromMinutes(1));

        (next.Status, next.Epoch, next.ToEpoch, next.Attempt, next.Reissues, next.IssuedAt)
            .ShouldBe((TrialStatus.Running, 20, 40, 0, 0, Now + TimeSpan.FromMinutes(1)));
        next.Checkpoint.ShouldBe(paused.Checkpoint);
    }
}
