using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Tests.Studies;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Sharing;

/// <summary>Studies that share a quota of eight segments, whoever of the Tuners decides.</summary>
public sealed class SegmentQuotaTests : IDisposable
{
    private const string Large = "large";
    private const string Small = "small";

    private static readonly TimeSpan SweepEvery = new TunerOptions().SweepEvery;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_small_study_begins_at_once_and_the_large_one_gives_way_and_takes_back_what_is_left(int tuners)
    {
        await using var tuner = await TunerHarness.StartAsync(
            _directory.Path, new SimulatedServices { Swallows = _ => true }, tuners, options => options.MaxSegments = 8);
        await tuner.SendAsync(QueueNames.StartTraining, Start(Large, trials: 100, parallelism: 100));
        await RunningAsync(tuner, Large, 8);

        await tuner.SendAsync(QueueNames.StartTraining, Start(Small, trials: 4, parallelism: 4));
        await RunningAsync(tuner, Small, 4);
        await tuner.StudyAsync(Small, "Searching");

        // By now every Tuner has heard of the small study.
        tuner.Time.Advance(SweepEvery);
        for (var trial = 0; trial < 6; trial++)
        {
            await EndAsync(tuner, Large, trial);
        }

        (await tuner.TrialsAsync(Large)).Count.ShouldBe(10, "eight, and two after its share of four was free");
        await RunningAsync(tuner, Large, 4);

        // A trial that is at its end leaves its slot to the other study.
        await EndAsync(tuner, Small, 0);
        await EndAsync(tuner, Small, 1);
        tuner.Time.Advance(SweepEvery);
        await tuner.SendAsync(QueueNames.Study, new SweepStudy { ExecutionId = Large });
        await RunningAsync(tuner, Large, 6);
        await EndAsync(tuner, Small, 2);
        await EndAsync(tuner, Small, 3);
        await tuner.StudyAsync(Small, "Completed");
        tuner.Time.Advance(SweepEvery);
        await tuner.SendAsync(QueueNames.Study, new SweepStudy { ExecutionId = Large });
        await RunningAsync(tuner, Large, 8);
    }

    [Fact]
    public async Task A_study_with_folds_has_no_more_out_than_one_without()
    {
        await using var tuner = await TunerHarness.StartAsync(
            _directory.Path, new SimulatedServices { Swallows = _ => true }, options: options => options.MaxSegments = 8);
        await tuner.SendAsync(QueueNames.StartTraining, Start(Small, trials: 100, parallelism: 100));
        await RunningAsync(tuner, Small, 8);
        await tuner.SendAsync(QueueNames.StartTraining, Start(Large, trials: 100, parallelism: 100) with { WalkForward = 3 });

        await tuner.StudyAsync(new WalkForwardFold(Large, 3, 3).ToExecutionId(), "Searching");
        tuner.Time.Advance(SweepEvery);
        for (var trial = 0; trial < 8; trial++)
        {
            await EndAsync(tuner, Small, trial);
        }

        await RunningAsync(tuner, Small, 4);
    }

    [Fact]
    public async Task Without_a_quota_nothing_is_read_and_a_study_has_its_parallelism()
    {
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices { Swallows = _ => true });
        await tuner.SendAsync(QueueNames.StartTraining, Start(Large, trials: 100, parallelism: 30));

        await RunningAsync(tuner, Large, 30);
        (await tuner.StudyAsync(Large, "Searching")).Wanted.ShouldBeNull();
        tuner.Counted.Looks.ShouldBe(0);
    }

    private static StartTraining Start(string executionId, int trials, int parallelism) =>
        new() { ExecutionId = executionId, Trials = trials, MaxEpochs = 1, Parallelism = parallelism, Scheduler = "none" };

    private static Task RunningAsync(TunerHarness tuner, string executionId, int running) => Eventually.Holds(async () =>
        (await tuner.TrialsAsync(executionId)).Count(trial => trial.Status == TrialStatus.Running) == running);

    // Reports a segment's end and waits until the study has taken it in.
    private static async Task EndAsync(TunerHarness tuner, string executionId, int trial)
    {
        await tuner.ReportAsync(executionId, trial);
        await foreach (var consumed in tuner.Harness.Consumed.SelectAsync<TrialEpochCompleted>())
        {
            var report = consumed.Context.Message;
            if (report.ExecutionId == executionId && report.Trial == trial) return;
        }
    }
}
