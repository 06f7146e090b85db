using MacroCausal.Storage;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class StudySagaTests : IDisposable
{
    private const string Id = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c";

    private readonly TemporaryDirectory _directory = new();

    private static StartTraining Start =>
        new() { ExecutionId = Id, Trials = 8, MaxEpochs = 40, GracePeriod = 10, Parallelism = 2, Sampler = "random" };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_study_searches_registers_the_best_trial_and_says_so()
    {
        var simulated = new SimulatedServices();
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start);

        var completed = await tuner.PublishedAsync<TrainingCompleted>();
        var trials = await tuner.TrialsAsync(Id);
        trials.Select(trial => trial.Trial).ShouldBe(Enumerable.Range(0, 8));
        var best = trials.Where(trial => trial.Milestones.Count > 0).MinBy(trial => trial.Milestones.Min(reached => reached.Loss))!;
        (completed.BestTrial, completed.BestConfig.LearningRate).ShouldBe((best.Trial, best.Config.LearningRate));
        (completed.Trials, completed.FailedTrials, completed.Baselines["mean"]).ShouldBe((8, 0, 9));
        completed.ModelId.ShouldBe($"model_{Id}_20261123_093000");
        completed.TrialEpochs.ShouldBe(trials.Sum(trial => (long)trial.Epoch));
        (await tuner.Store.FindStudyAsync(Id))!.State.ShouldBe("Completed");
    }

    [Fact]
    public async Task Only_the_best_half_of_a_rung_is_promoted_and_nobody_twice()
    {
        var simulated = new SimulatedServices();
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.PublishedAsync<TrainingCompleted>();

        simulated.Segments.Select(segment => (segment.Trial, segment.ToEpoch)).ShouldBeUnique();
        simulated.Segments.Count(segment => segment.ToEpoch == 10).ShouldBe(8);
        simulated.Segments.Count(segment => segment.ToEpoch == 20).ShouldBe(4);
        simulated.Segments.Count(segment => segment.ToEpoch == 40).ShouldBe(2);
        simulated.Segments.Where(segment => segment.FromEpoch > 0).ShouldAllBe(segment => segment.Checkpoint != null);
        simulated.Segments.ShouldAllBe(segment => segment.MaxEpochs == 40);
    }

    [Fact]
    public async Task Every_message_twice_is_the_same_study()
    {
        var simulated = new SimulatedServices { Copies = 2 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.PublishedAsync<TrainingCompleted>();

        simulated.Segments.Select(segment => (segment.Trial, segment.ToEpoch)).ShouldBeUnique();
        simulated.Segments.Count.ShouldBe(14);
        simulated.Registrations.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_StartTraining_again_when_all_is_done_is_answered_with_the_same_model()
    {
        var simulated = new SimulatedServices();
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        var first = await tuner.PublishedAsync<TrainingCompleted>();
        (await tuner.Harness.Consumed.Any<ModelRegistered>()).ShouldBeTrue();

        await tuner.SendAsync(QueueNames.StartTraining, Start);

        var answers = await tuner.Harness.Published.SelectAsync<TrainingCompleted>().Take(2).ToListAsync();
        answers[1].Context.Message.ShouldBeEquivalentTo(first);
        simulated.Registrations.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_StartTraining_of_a_study_that_is_done_is_refused_by_name_and_leaves_the_study_as_it_is()
    {
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices());
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.PublishedAsync<TrainingCompleted>();
        (await tuner.Harness.Consumed.Any<ModelRegistered>()).ShouldBeTrue();

        await tuner.SendAsync(QueueNames.StartTraining, Start with { Trials = 3 });

        var refused = await tuner.PublishedAsync<TrainingFailed>();
        refused.InvalidInput.ShouldBeTrue();
        refused.Reasons.ShouldHaveSingleItem().ShouldContain("with other settings: trials is 8, and 3 is asked for.");
        (await tuner.Store.FindStudyAsync(Id))!.State.ShouldBe("Completed");
    }

    [Fact]
    public async Task Another_StartTraining_of_a_study_that_runs_changes_nothing_and_ends_it_for_nobody()
    {
        var simulated = new SimulatedServices { LostPreparations = 1 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        (await tuner.Harness.Consumed.Any<PrepareData>()).ShouldBeTrue();

        await tuner.SendAsync(QueueNames.StartTraining, Start with { Trials = 3 });
        (await tuner.Harness.Consumed.SelectAsync<StartStudy>().Take(2).CountAsync()).ShouldBe(2);
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        (await tuner.PublishedAsync<TrainingCompleted>()).Trials.ShouldBe(8);
        await foreach (var published in tuner.Harness.Published.SelectAsync(_ => true))
        {
            published.MessageObject.ShouldNotBeOfType<TrainingFailed>();
            if (published.MessageObject is TrainingCompleted) break;
        }
    }

    [Fact]
    public async Task Settings_that_are_refused_are_answered_with_every_reason_and_leave_nothing()
    {
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices());

        await tuner.SendAsync(QueueNames.StartTraining, Start with { Trials = 0, Patience = 0 });

        var failed = await tuner.PublishedAsync<TrainingFailed>();
        failed.InvalidInput.ShouldBeTrue();
        failed.Reasons.Count.ShouldBe(2);
        (await tuner.Store.FindStudyAsync(Id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_table_that_is_rejected_fails_the_study_and_a_fixed_one_can_be_tried_again()
    {
        var simulated = new SimulatedServices { Rejections = ["no target", "no rows"] };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        var failed = await tuner.PublishedAsync<TrainingFailed>();
        (failed.InvalidInput, failed.Reasons.Count).ShouldBe((true, 2));
        (await tuner.Harness.Consumed.Any<DataRejected>()).ShouldBeTrue();

        simulated.Rejections = [];
        await tuner.SendAsync(QueueNames.StartTraining, Start);

        (await tuner.PublishedAsync<TrainingCompleted>()).Trials.ShouldBe(8);
    }

    [Fact]
    public async Task A_study_that_failed_before_it_had_data_can_be_resumed()
    {
        var simulated = new SimulatedServices { Rejections = ["no target"] };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.PublishedAsync<TrainingFailed>();
        (await tuner.Harness.Consumed.Any<DataRejected>()).ShouldBeTrue();

        simulated.Rejections = [];
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        (await tuner.PublishedAsync<TrainingCompleted>()).Trials.ShouldBe(8);
    }

    [Fact]
    public async Task A_failed_trial_is_tried_again_given_up_and_does_not_fail_the_study()
    {
        var simulated = new SimulatedServices { Fails = segment => segment.Trial == 3 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start);

        (await tuner.PublishedAsync<TrainingCompleted>()).FailedTrials.ShouldBe(1);
        simulated.Segments.Where(segment => segment.Trial == 3).Select(segment => segment.Attempt).ShouldBe([0, 1, 2]);
        var failed = (await tuner.TrialsAsync(Id)).Single(trial => trial.Status == TrialStatus.Failed);
        (failed.Trial, failed.Failure).ShouldBe((3, "out of memory"));
    }

    [Fact]
    public async Task A_study_without_one_successful_trial_fails_and_says_why()
    {
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices { Fails = _ => true });

        await tuner.SendAsync(QueueNames.StartTraining, Start);

        var failed = await tuner.PublishedAsync<TrainingFailed>();
        failed.InvalidInput.ShouldBeFalse();
        failed.Reasons.ShouldBe(["None of 8 trials has a model.", "trial 0: out of memory"]);
    }

    [Fact]
    public async Task A_study_whose_trials_all_failed_tries_them_again_as_slots_become_free_once_it_is_resumed()
    {
        var fails = true;
        var simulated = new SimulatedServices { Fails = _ => fails };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.PublishedAsync<TrainingFailed>();
        await WaitForStateAsync(tuner, "Failed");
        var before = simulated.Segments.Count;

        fails = false;
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        var completed = await tuner.PublishedAsync<TrainingCompleted>();
        (completed.Trials, completed.FailedTrials).ShouldBe((8, 0));
        simulated.Segments.Skip(before).Take(8).Select(segment => segment.Attempt).ShouldBe(Enumerable.Repeat(0, 8));
        simulated.Segments.Skip(before).Select(segment => (segment.Trial, segment.ToEpoch)).ShouldBeUnique();
    }

    [Fact]
    public async Task A_trial_that_fails_again_after_it_was_resumed_is_not_tried_for_ever()
    {
        var simulated = new SimulatedServices { Fails = segment => segment.Trial == 1, Swallows = segment => segment.Trial == 2 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start with { Trials = 3, MaxEpochs = 10 });
        await WaitForTrialAsync(tuner, 1, TrialStatus.Failed, segments: 3);

        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        await WaitForTrialAsync(tuner, 1, TrialStatus.Failed, segments: 6);
        StudyDocument.Read((await tuner.Store.FindStudyAsync(Id))!).RetryFrom.ShouldBeOneOf(null, 2);

        Task WaitForTrialAsync(TunerHarness waiting, int trial, TrialStatus status, int segments) => Eventually.Holds(async () =>
            simulated.Segments.Count(segment => segment.Trial == trial) >= segments
            && (await waiting.Store.FindTrialAsync(Id, trial))?.Status == status);
    }

    [Fact]
    public async Task A_segment_that_nobody_begins_is_reissued_after_four_leases_and_costs_no_attempt()
    {
        var sent = 0;
        var simulated = new SimulatedServices { Swallows = _ => sent++ == 0 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start with { Trials = 1, MaxEpochs = 10 });
        (await tuner.Harness.Consumed.Any<RunTrial>()).ShouldBeTrue();

        tuner.Time.Advance(TimeSpan.FromMinutes(8) - TimeSpan.FromSeconds(1));
        await SweepAsync(tuner, 1);
        simulated.Segments.Count.ShouldBe(1);
        tuner.Time.Advance(TimeSpan.FromSeconds(1));
        await SweepAsync(tuner, 2);

        (await tuner.PublishedAsync<TrainingCompleted>()).FailedTrials.ShouldBe(0);
        simulated.Segments.Select(segment => segment.Attempt).ShouldBe([0, 0]);
    }

    [Fact]
    public async Task A_trial_that_ends_early_is_complete_and_its_slot_is_free()
    {
        var simulated = new SimulatedServices { EndsEarly = segment => segment.Trial % 2 == 0 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start);

        await tuner.PublishedAsync<TrainingCompleted>();
        var early = (await tuner.TrialsAsync(Id)).Where(trial => trial.Trial % 2 == 0).ToList();
        early.ShouldAllBe(trial => trial.Status == TrialStatus.Completed && trial.Epoch == 3);
    }

    [Theory]
    [InlineData("asha-stopping")]
    [InlineData("none")]
    public async Task The_other_schedulers_end_as_well(string scheduler)
    {
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices());

        await tuner.SendAsync(QueueNames.StartTraining, Start with { Scheduler = scheduler });

        await tuner.PublishedAsync<TrainingCompleted>();
        var trials = await tuner.TrialsAsync(Id);
        trials.Count.ShouldBe(8);
        trials.ShouldAllBe(trial => trial.Status == TrialStatus.Completed || (scheduler != "none" && trial.Status == TrialStatus.Stopped));
    }

    [Fact]
    public async Task A_spent_budget_of_epochs_starts_nothing_more_and_the_study_still_has_its_model()
    {
        var simulated = new SimulatedServices();
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start with { EpochBudget = 30 });

        (await tuner.PublishedAsync<TrainingCompleted>()).TrialEpochs.ShouldBeInRange(30, 40);
    }

    private static Task WaitForStateAsync(TunerHarness tuner, string state) =>
        Eventually.Holds(async () => (await tuner.Store.FindStudyAsync(Id))?.State == state);

    private static async Task SweepAsync(TunerHarness tuner, int sweep)
    {
        await tuner.SendAsync(QueueNames.Study, new SweepStudy { ExecutionId = Id });
        (await tuner.Harness.Consumed.SelectAsync<SweepStudy>().Take(sweep).CountAsync()).ShouldBe(sweep);
    }
}
