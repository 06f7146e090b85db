using MacroCausal.Storage;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>A budget that is spent ends segments that run. Virtual time; a sweep every 15 seconds, as in production.</summary>
public sealed class BudgetTests : IDisposable
{
    private const string Id = "budget";

    private static readonly TimeSpan SweepEvery = new TunerOptions().SweepEvery;

    private readonly TemporaryDirectory _directory = new();
    private int _sweeps;

    private static StartTraining Start => new()
    {
        ExecutionId = Id,
        Trials = 8,
        MaxEpochs = 40,
        GracePeriod = 10,
        Parallelism = 2,
        Sampler = "random",
        SecondsBudget = 100,
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_search_whose_seconds_are_spent_registers_its_best_while_segments_run()
    {
        var simulated = new SimulatedServices { Swallows = segment => segment.Trial >= 4 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated, tuners: 2);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await WaitForSegmentAsync(tuner, simulated, trial: 4);

        await SweepAsync(tuner, 6);
        simulated.Registrations.ShouldBeEmpty();
        await SweepAsync(tuner, 1);

        var completed = await tuner.PublishedAsync<TrainingCompleted>();
        var trials = await tuner.TrialsAsync(Id);
        var best = trials.Where(trial => trial.Milestones.Count > 0).MinBy(trial => trial.Milestones.Min(reached => reached.Loss))!;
        (completed.BestTrial, completed.BestEpoch, completed.Trials).ShouldBe((best.Trial, best.BestEpoch, trials.Count));
        trials.ShouldContain(trial => trial.Status == TrialStatus.Running);
        var segments = simulated.Segments.Count;
        await SweepAsync(tuner, 4);
        simulated.Segments.Count.ShouldBe(segments);
    }

    [Fact]
    public async Task A_day_without_a_Tuner_and_one_as_cancelled_spend_no_budget()
    {
        var holds = true;
        var simulated = new SimulatedServices { Swallows = segment => holds && segment.Trial >= 4 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await WaitForSegmentAsync(tuner, simulated, trial: 4);
        await SweepAsync(tuner, 2);

        tuner.Time.Advance(TimeSpan.FromDays(1));
        await SweepAsync(tuner, 1);
        var seconds = (await tuner.StudyAsync(Id, "Searching")).SearchSeconds;
        seconds.ShouldBe(45);
        await tuner.SendAsync(QueueNames.Study, new CancelTraining { ExecutionId = Id });
        await tuner.PublishedAsync<TrainingFailed>();
        tuner.Time.Advance(TimeSpan.FromDays(1));
        holds = false;
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        (await tuner.PublishedAsync<TrainingCompleted>()).Trials.ShouldBe(8);
        (await tuner.StudyAsync(Id, "Completed")).SearchSeconds.ShouldBe(seconds);
    }

    [Fact]
    public async Task A_search_whose_seconds_are_spent_before_it_has_a_model_ends_with_the_first_segment_that_has_one()
    {
        var simulated = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start with { GracePeriod = 1, MaxEpochs = 1 });
        await WaitForSegmentAsync(tuner, simulated, trial: 1);
        await SweepAsync(tuner, 8);
        await tuner.StudyAsync(Id, "Searching");

        await tuner.ReportAsync(Id, 1);

        var completed = await tuner.PublishedAsync<TrainingCompleted>();
        (completed.BestTrial, completed.Trials).ShouldBe((1, 2));
        simulated.Segments.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_target_that_is_reached_ends_the_search_while_segments_run()
    {
        var simulated = new SimulatedServices { Swallows = segment => segment.Trial > 0 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);

        await tuner.SendAsync(QueueNames.StartTraining, Start with { TargetLoss = 1000 });

        var completed = await tuner.PublishedAsync<TrainingCompleted>();
        completed.BestTrial.ShouldBe(0);
        (await tuner.StudyAsync(Id, "Completed")).SearchSeconds.ShouldBe(0);
        (await tuner.TrialsAsync(Id)).Count(trial => trial.Status == TrialStatus.Running).ShouldBe(completed.Trials - 1);
    }

    private static async Task WaitForSegmentAsync(TunerHarness tuner, SimulatedServices simulated, int trial)
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

    private async Task SweepAsync(TunerHarness tuner, int times)
    {
        for (var time = 0; time < times; time++)
        {
            tuner.Time.Advance(SweepEvery);
            await tuner.SendAsync(QueueNames.Study, new SweepStudy { ExecutionId = Id });
            _sweeps++;
            (await tuner.Harness.Consumed.SelectAsync<SweepStudy>().Take(_sweeps).CountAsync()).ShouldBe(_sweeps);
        }
    }
}
