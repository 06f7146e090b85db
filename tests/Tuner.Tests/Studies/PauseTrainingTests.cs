using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class PauseTrainingTests : IDisposable
{
    private const string Id = "paused";

    private readonly TemporaryDirectory _directory = new();

    private static StartTraining Start => new()
    {
        ExecutionId = Id,
        Trials = 4,
        MaxEpochs = 1,
        GracePeriod = 1,
        Parallelism = 2,
        Sampler = "random",
    };

    private static PauseTraining Pause => new() { ExecutionId = Id };

    private static ResumeTraining Resume => new() { ExecutionId = Id };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_study_that_is_paused_starts_nothing_while_what_runs_ends_and_goes_on_once_it_is_resumed(int tuners)
    {
        var holds = true;
        var simulated = new SimulatedServices { Swallows = _ => holds };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated, tuners);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await SegmentsAsync(tuner, 2);
        await tuner.StudyAsync(Id, "Searching");

        await tuner.SendAsync(QueueNames.Study, Pause);
        await ConsumedAsync<PauseTraining>(tuner, 1);
        await tuner.ReportAsync(Id, 0);
        await tuner.ReportAsync(Id, 1);
        await ConsumedAsync<TrialEpochCompleted>(tuner, 2);
        await tuner.SendAsync(QueueNames.Study, new SweepStudy { ExecutionId = Id });
        await ConsumedAsync<SweepStudy>(tuner, 1);

        (await tuner.StudyAsync(Id, "Searching")).PausedAt.ShouldNotBeNull();
        simulated.Segments.Count.ShouldBe(2);
        (await tuner.TrialsAsync(Id)).Select(trial => trial.Status).ShouldBe([TrialStatus.Completed, TrialStatus.Completed]);

        holds = false;
        await tuner.SendAsync(QueueNames.Study, Resume);

        (await tuner.PublishedAsync<TrainingCompleted>()).Trials.ShouldBe(4);
        (await tuner.StudyAsync(Id, "Completed")).PausedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_segment_of_a_paused_study_that_fails_is_issued_again_and_a_search_with_nothing_left_ends()
    {
        var simulated = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start with { Trials = 2 });
        await SegmentsAsync(tuner, 2);
        await tuner.StudyAsync(Id, "Searching");
        await tuner.SendAsync(QueueNames.Study, Pause);
        await ConsumedAsync<PauseTraining>(tuner, 1);

        await tuner.Harness.Bus.Publish(
            new TrialFailed { ExecutionId = Id, Trial = 0, ToEpoch = 1, Attempt = 0, Reason = "out of memory" });
        await SegmentsAsync(tuner, 3);
        await tuner.ReportAsync(Id, 0);
        await tuner.ReportAsync(Id, 1);

        (await tuner.PublishedAsync<TrainingCompleted>()).FailedTrials.ShouldBe(0);
    }

    [Fact]
    public async Task A_study_that_is_paused_while_it_prepares_starts_nothing_and_neither_do_its_folds()
    {
        var simulated = new SimulatedServices { LostPreparations = 1 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start with { WalkForward = 1 });
        await ConsumedAsync<PrepareData>(tuner, 1);
        await tuner.SendAsync(QueueNames.Study, Pause);
        await ConsumedAsync<PauseTraining>(tuner, 1);
        await tuner.SendAsync(QueueNames.PrepareData, simulated.Preparations.First());
        await tuner.StudyAsync(Id, "Searching");
        simulated.Segments.ShouldBeEmpty();
        (await tuner.Store.ListStudiesAsync().CountAsync()).ShouldBe(1);

        await tuner.SendAsync(QueueNames.Study, Resume);

        (await tuner.PublishedAsync<TrainingCompleted>()).Trials.ShouldBe(4);
    }

    [Fact]
    public async Task A_pause_that_comes_twice_and_one_that_comes_after_it_was_undone_change_nothing()
    {
        var simulated = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await SegmentsAsync(tuner, 2);
        await tuner.StudyAsync(Id, "Searching");
        await tuner.SendAsync(QueueNames.Study, Pause);
        await ConsumedAsync<PauseTraining>(tuner, 1);
        await tuner.SendAsync(QueueNames.Study, Resume);
        await ConsumedAsync<ResumeTraining>(tuner, 1);

        // As if it had been resumed an hour later than it was: the second pause was sent before.
        var study = await tuner.StudyAsync(Id, "Searching");
        study.PausedAt.ShouldBeNull();
        study.OrderedAt += TimeSpan.FromHours(1);
        (await tuner.Store.TryReplaceStudyAsync(StudyDocument.Next(study)!)).ShouldBeTrue();
        await tuner.SendAsync(QueueNames.Study, Pause);
        await ConsumedAsync<PauseTraining>(tuner, 2);

        (await tuner.StudyAsync(Id, "Searching")).PausedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_process_that_has_no_way_to_the_queue_pauses_and_resumes_through_the_record()
    {
        var simulated = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await SegmentsAsync(tuner, 2);

        await AskAsync(tuner, PauseRequest.Pause);
        await ConsumedAsync<PauseTraining>(tuner, 1);
        var study = await tuner.StudyAsync(Id, "Searching");
        (study.PausedAt is not null, study.Request).ShouldBe((true, null));
        await AskAsync(tuner, PauseRequest.Resume);
        await ConsumedAsync<ResumeTraining>(tuner, 1);

        study = await tuner.StudyAsync(Id, "Searching");
        (study.PausedAt, study.Request).ShouldBe((null, null));
    }

    private static async Task AskAsync(TunerHarness tuner, PauseRequest request)
    {
        var study = await tuner.StudyAsync(Id, "Searching");
        study.Request = request;
        (await tuner.Store.TryReplaceStudyAsync(StudyDocument.Next(study)!)).ShouldBeTrue();
        tuner.Time.Advance(new TunerOptions().SweepEvery);
        await tuner.LookAsync();
    }

    private static async Task SegmentsAsync(TunerHarness tuner, int count) => await ConsumedAsync<RunTrial>(tuner, count);

    private static async Task ConsumedAsync<T>(TunerHarness tuner, int count)
        where T : class =>
        (await tuner.Harness.Consumed.SelectAsync<T>().Take(count).CountAsync()).ShouldBe(count);
}
