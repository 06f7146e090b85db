using MacroCausal.Storage;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class CancelTrainingTests : IDisposable
{
    private const string Id = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c";

    private readonly TemporaryDirectory _directory = new();

    private static StartTraining Start =>
        new() { ExecutionId = Id, Trials = 8, MaxEpochs = 40, GracePeriod = 10, Parallelism = 2, Sampler = "random" };

    private static CancelTraining Cancel => new() { ExecutionId = Id };

    private static ResumeTraining Resume => new() { ExecutionId = Id };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_search_that_is_cancelled_fails_and_goes_on_where_it_stopped_once_it_is_resumed()
    {
        var holds = true;
        var simulated = new SimulatedServices { Swallows = segment => holds && segment.Trial >= 4 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await WaitForSegmentsAsync(tuner, simulated, trial: 4);

        await tuner.SendAsync(QueueNames.Study, Cancel);

        (await EndAsync<TrainingFailed>(tuner, 1)).Reasons.ShouldBe(
            [$"cancelled while searching; 'macrocausal resume --execution-id {Id}' takes the study up where it stopped."]);
        (await tuner.StudyAsync(Id, "Failed")).Cancelled!.During.ShouldBe("Searching");
        var before = simulated.Segments.Count;
        var finished = (await tuner.TrialsAsync(Id)).Where(trial => trial.Status == TrialStatus.Completed).ToList();

        holds = false;
        await tuner.SendAsync(QueueNames.Study, Resume);

        (await EndAsync<TrainingCompleted>(tuner, 1)).Trials.ShouldBe(8);
        (await tuner.StudyAsync(Id, "Completed")).Cancelled.ShouldBeNull();
        simulated.Segments.Skip(before).Select(segment => segment.Trial).ShouldNotContain(trial => finished.Any(one => one.Trial == trial));
    }

    [Fact]
    public async Task A_search_that_is_cancelled_with_its_best_registers_what_is_best_by_then()
    {
        var simulated = new SimulatedServices { Swallows = segment => segment.Trial >= 4 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await WaitForSegmentsAsync(tuner, simulated, trial: 4);

        await tuner.SendAsync(QueueNames.Study, Cancel with { RegisterBest = true });

        var completed = await EndAsync<TrainingCompleted>(tuner, 1);
        var trials = await tuner.TrialsAsync(Id);
        var best = trials.Where(trial => trial.Milestones.Count > 0).MinBy(trial => trial.Milestones.Min(reached => reached.Loss))!;
        (completed.BestTrial, completed.BestEpoch, completed.Trials).ShouldBe((best.Trial, best.BestEpoch, trials.Count));
        simulated.Registrations.ShouldHaveSingleItem().Checkpoint.ShouldBe(best.Checkpoint);
        (await tuner.StudyAsync(Id, "Completed")).Cancelled!.RegisterBest.ShouldBeTrue();
    }

    [Fact]
    public async Task A_search_that_is_cancelled_with_its_best_before_it_has_one_fails()
    {
        var simulated = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await WaitForSegmentsAsync(tuner, simulated, trial: 1);

        await tuner.SendAsync(QueueNames.Study, Cancel with { RegisterBest = true });

        (await EndAsync<TrainingFailed>(tuner, 1)).Reasons.ShouldHaveSingleItem()
            .ShouldStartWith("cancelled while searching, before there was a model to register; ");
        simulated.Registrations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_that_is_cancelled_before_it_has_data_is_begun_again_by_ResumeTraining_alone()
    {
        var simulated = new SimulatedServices { LostPreparations = 1 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        (await tuner.Harness.Consumed.Any<PrepareData>()).ShouldBeTrue();

        await tuner.SendAsync(QueueNames.Study, Cancel);
        (await EndAsync<TrainingFailed>(tuner, 1)).Reasons.ShouldHaveSingleItem().ShouldStartWith("cancelled while preparing; ");
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        (await EndAsync<TrainingFailed>(tuner, 2)).Reasons.ShouldHaveSingleItem().ShouldStartWith("cancelled while preparing; ");
        simulated.Preparations.Count.ShouldBe(1);
        await tuner.SendAsync(QueueNames.Study, Resume);

        (await EndAsync<TrainingCompleted>(tuner, 1)).Trials.ShouldBe(8);
    }

    [Fact]
    public async Task A_study_that_registers_is_over_where_it_is_cancelled_and_registers_again_where_it_is_resumed()
    {
        var simulated = new SimulatedServices { LostRegistrations = 1 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        (await tuner.Harness.Consumed.Any<RegisterModel>()).ShouldBeTrue();

        await tuner.SendAsync(QueueNames.Study, Cancel with { RegisterBest = true });
        await ConsumedAsync<CancelTraining>(tuner, 1);
        await tuner.StudyAsync(Id, "Registering");
        await tuner.SendAsync(QueueNames.Study, Cancel);
        (await EndAsync<TrainingFailed>(tuner, 1)).Reasons.ShouldHaveSingleItem().ShouldStartWith("cancelled while registering; ");
        await tuner.SendAsync(QueueNames.Study, Resume);

        await EndAsync<TrainingCompleted>(tuner, 1);
        simulated.Registrations.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_comes_twice_or_late_changes_nothing()
    {
        var holds = true;
        var simulated = new SimulatedServices { Swallows = _ => holds };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await WaitForSegmentsAsync(tuner, simulated, trial: 1);
        await tuner.SendAsync(QueueNames.Study, Cancel);
        await tuner.SendAsync(QueueNames.Study, Cancel);
        await ConsumedAsync<CancelTraining>(tuner, 2);

        var hour = TimeSpan.FromHours(1);
        await MoveLastOrderAsync(tuner, "Failed", hour);
        await tuner.SendAsync(QueueNames.Study, Resume);
        (await EndAsync<TrainingFailed>(tuner, 2)).Reasons.ShouldHaveSingleItem().ShouldStartWith("cancelled while searching; ");
        await MoveLastOrderAsync(tuner, "Failed", -hour);
        await tuner.SendAsync(QueueNames.Study, Resume);
        await ConsumedAsync<ResumeTraining>(tuner, 3);
        await MoveLastOrderAsync(tuner, "Searching", hour);
        await tuner.SendAsync(QueueNames.Study, Cancel);
        await ConsumedAsync<CancelTraining>(tuner, 3);
        (await tuner.StudyAsync(Id, "Searching")).Cancelled.ShouldBeNull();

        holds = false;
        await tuner.SendAsync(QueueNames.Study, Resume);
        await EndAsync<TrainingCompleted>(tuner, 1);
        await tuner.StudyAsync(Id, "Completed");
        await tuner.SendAsync(QueueNames.Study, Cancel);
        await ConsumedAsync<CancelTraining>(tuner, 4);
        (await tuner.StudyAsync(Id, "Completed")).Cancelled.ShouldBeNull();
    }

    [Fact]
    public async Task A_process_that_has_no_way_to_the_queue_cancels_through_the_record()
    {
        var simulated = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await WaitForSegmentsAsync(tuner, simulated, trial: 1);
        var study = await tuner.StudyAsync(Id, "Searching");
        study.CancelRequest = Cancel;
        (await tuner.Store.TryReplaceStudyAsync(StudyDocument.Next(study)!)).ShouldBeTrue();

        tuner.Time.Advance(TimeSpan.FromSeconds(15));
        await tuner.LookAsync();

        await EndAsync<TrainingFailed>(tuner, 1);
        (await tuner.StudyAsync(Id, "Failed")).CancelRequest.ShouldBeNull();
    }

    [Theory]
    [InlineData("Preparing")]
    [InlineData("Searching")]
    [InlineData("Registering")]
    [InlineData("Completed")]
    [InlineData("Failed")]
    public void A_record_is_over_where_its_study_is_not_active(string state) =>
        (Records.Study() with { State = state }).IsOver.ShouldBe(!new StudyInstance { CurrentState = state }.IsActive);

    // Both of the first trials' segments, or later ones, are out.
    private static async Task WaitForSegmentsAsync(TunerHarness tuner, SimulatedServices simulated, int trial)
    {
        await foreach (var consumed in tuner.Harness.Consumed.SelectAsync<RunTrial>())
        {
            if (simulated.Segments.Any(segment => segment.Trial == trial))
            {
                await tuner.StudyAsync(Id, "Searching");
                return;
            }
        }
    }

    private static async Task<T> EndAsync<T>(TunerHarness tuner, int count)
        where T : class
    {
        var all = await tuner.Harness.Published.SelectAsync<T>().Take(count).ToListAsync();
        all.Count.ShouldBe(count);
        return all[^1].Context.Message;
    }

    private static async Task ConsumedAsync<T>(TunerHarness tuner, int count)
        where T : class =>
        (await tuner.Harness.Consumed.SelectAsync<T>().Take(count).CountAsync()).ShouldBe(count);

    // As if the last order had come so much later than it did.
    private static async Task MoveLastOrderAsync(TunerHarness tuner, string state, TimeSpan later)
    {
        var study = await tuner.StudyAsync(Id, state);
        study.OrderedAt += later;
        (await tuner.Store.TryReplaceStudyAsync(StudyDocument.Next(study)!)).ShouldBeTrue();
    }
}
