using MacroCausal.TestKit.Stores;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class WalkForwardTests : IDisposable
{
    private const string Id = "walked";

    private readonly TemporaryDirectory _directory = new();

    private static StartTraining Start => new()
    {
        ExecutionId = Id,
        Trials = 3,
        MaxEpochs = 8,
        GracePeriod = 4,
        Parallelism = 1,
        WalkForward = 3,
        Ahead = 2,
        Seed = 5,
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_fold_is_a_study_of_its_own_and_the_model_is_registered_after_all_of_them(int copies)
    {
        var simulated = new SimulatedServices { Copies = copies };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start);

        (await tuner.PublishedAsync<TrainingCompleted>()).ExecutionId.ShouldBe(Id);
        var registration = simulated.Registrations.Single(command => command.Settings.Fold is null);
        registration.WalkForward.Select(fold => (fold.Number, fold.Forecasts!.Uri)).ShouldBe(
            [(1, "s3://artifacts/fold/1"), (2, "s3://artifacts/fold/2"), (3, "s3://artifacts/fold/3")]);
        simulated.Registrations.Last().ShouldBe(registration, "it comes after those of the folds");
        simulated.Registrations.Count.ShouldBe(4);
        var folds = simulated.Registrations.Where(command => command.Settings.Fold is not null)
            .OrderBy(command => command.Settings.Fold!.Number).ToList();
        folds.Select(command => command.ExecutionId).ShouldBe(["walked/walk-forward/1", "walked/walk-forward/2", "walked/walk-forward/3"]);
        folds.ShouldAllBe(command => command.Settings.WalkForward == 0 && command.WalkForward.Count == 0 && command.Settings.Seed == 5);
        simulated.Preparations.Where(command => command.Fold is not null).ShouldAllBe(
            command => command.GoldUri == "s3://gold/gold/walked/processed_data.parquet" && command.Ahead == 2 && command.Fold!.Folds == 3);
        (await tuner.Store.ListStudiesAsync().Select(study => study.State).ToListAsync())
            .ShouldBe(["Completed", "Completed", "Completed", "Completed"]);
        (await tuner.Harness.Published.SelectAsync<TrainingCompleted>(default).Take(1).ToListAsync())
            .ShouldAllBe(published => published.Context.Message.ExecutionId == Id, "a fold answers nobody but its study");
    }

    [Fact]
    public async Task A_fold_that_fails_fails_no_study()
    {
        var simulated = new SimulatedServices { FailsFold = fold => fold.Number == 2 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start);

        await tuner.PublishedAsync<TrainingCompleted>();
        var results = simulated.Registrations.Single(command => command.Settings.Fold is null).WalkForward;
        results.Select(fold => fold.Forecasts is not null).ShouldBe([true, false, true]);
        results[1].Reasons.ShouldBe(["The disk is full."]);
        (await tuner.Harness.Published.Any<TrainingFailed>(failed => failed.Context.Message.ExecutionId != Id, new CancellationToken(true)))
            .ShouldBeFalse();
    }

    [Fact]
    public async Task A_study_whose_folds_are_at_work_asks_them_again_and_ends_when_they_do()
    {
        var simulated = new SimulatedServices { LosesFold = fold => fold.Number == 3 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        (await tuner.Harness.Consumed.SelectAsync<FoldEnded>().Take(2).CountAsync()).ShouldBe(2);
        (await tuner.Harness.Consumed.SelectAsync<RegisterModel>().Take(3).CountAsync()).ShouldBe(3);
        var started = tuner.Harness.Consumed.Select<StartStudy>(new CancellationToken(true)).Count();

        // Whatever got lost, the study asks the open fold to begin, which it ignores while it runs.
        await tuner.StudyAsync(Id, "WalkingForward");
        tuner.Time.Advance(TimeSpan.FromMinutes(1));
        await tuner.LookAsync();
        (await tuner.Harness.Consumed.SelectAsync<StartStudy>().Take(started + 1).LastAsync())
            .Context.Message.ExecutionId.ShouldBe("walked/walk-forward/3");
        simulated.LosesFold = _ => false;
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        await tuner.PublishedAsync<TrainingCompleted>();
        simulated.Registrations.Single(command => command.Settings.Fold is null).WalkForward.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_fold_that_is_over_says_so_again_when_it_is_asked_to_begin()
    {
        var simulated = new SimulatedServices();
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.PublishedAsync<TrainingCompleted>();
        var fold = simulated.Registrations.First(command => command.Settings.Fold is not null).Settings;

        await tuner.SendAsync(QueueNames.Study, new StartStudy { ExecutionId = fold.ExecutionId, Settings = fold });

        var ended = await tuner.Harness.Published.SelectAsync<FoldEnded>().Take(4).ToListAsync();
        ended[3].Context.Message.ExecutionId.ShouldBe(Id);
        ended[3].Context.Message.Fold.Forecasts.ShouldBe(SimulatedRegistry.Forecasts(fold.Fold!));
    }

    [Fact]
    public async Task A_study_that_is_cancelled_cancels_its_folds_and_takes_them_up_again_when_it_is_resumed()
    {
        var simulated = new SimulatedServices { LosesFold = fold => fold.Number == 3 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.StudyAsync(Id, "WalkingForward");
        await tuner.StudyAsync("walked/walk-forward/3", "Registering");

        await tuner.SendAsync(QueueNames.Study, new CancelTraining { ExecutionId = Id });
        (await tuner.PublishedAsync<TrainingFailed>()).ExecutionId.ShouldBe(Id);
        await tuner.StudyAsync("walked/walk-forward/3", "Failed");
        simulated.LosesFold = _ => false;
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        await tuner.PublishedAsync<TrainingCompleted>();
        var results = simulated.Registrations.Single(command => command.Settings.Fold is null).WalkForward;
        results.Count(fold => fold.Forecasts is not null).ShouldBe(3, "a fold that was cancelled has not ended");
    }

    [Fact]
    public async Task A_study_that_is_cancelled_with_its_best_model_waits_for_no_fold()
    {
        var simulated = new SimulatedServices { LosesFold = fold => fold.Number == 3 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.StudyAsync(Id, "WalkingForward");
        await tuner.StudyAsync("walked/walk-forward/3", "Registering");

        await tuner.SendAsync(QueueNames.Study, new CancelTraining { ExecutionId = Id, RegisterBest = true });

        await tuner.PublishedAsync<TrainingCompleted>();
        simulated.Registrations.Single(command => command.Settings.Fold is null).WalkForward.Count.ShouldBeLessThan(3);
        await tuner.StudyAsync("walked/walk-forward/3", "Failed");
    }
}
