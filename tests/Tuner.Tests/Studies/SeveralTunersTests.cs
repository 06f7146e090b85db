using MacroCausal.TestKit.Stores;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>Any number of Tuners is as good as one. Virtual time; a sweep every 15 seconds, as in production.</summary>
public sealed class SeveralTunersTests : IDisposable
{
    private const string Id = "several";

    private static readonly TimeSpan SweepEvery = new TunerOptions().SweepEvery;

    private readonly TemporaryDirectory _directory = new();
    private int _sweeps;

    private static StartTraining Start => new() { ExecutionId = Id, Trials = 4, MaxEpochs = 100, Parallelism = 4, Scheduler = "none" };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Four_segments_that_wait_for_a_runner_are_four_messages_for_four_leases_and_then_grow_with_back_off(int tuners)
    {
        var waiting = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, waiting, tuners);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await SegmentsAsync(tuner, 4);

        await SweepForAsync(tuner, TimeSpan.FromMinutes(8) - SweepEvery);
        waiting.Segments.Count.ShouldBe(4);
        await SweepForAsync(tuner, SweepEvery);
        await SegmentsAsync(tuner, 8);
        await SweepForAsync(tuner, TimeSpan.FromMinutes(16) - SweepEvery);
        waiting.Segments.Count.ShouldBe(8);
        await SweepForAsync(tuner, SweepEvery);
        await SegmentsAsync(tuner, 12);

        waiting.Segments.ShouldAllBe(segment => segment.Attempt == 0);
        (await tuner.TrialsAsync(Id)).Select(trial => trial.Reissues).ShouldBe([2, 2, 2, 2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_segment_is_alive_for_every_Tuner_whichever_of_them_hears_of_it(int tuners)
    {
        var running = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, running, tuners);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await SegmentsAsync(tuner, 4);

        await SweepForAsync(tuner, SweepEvery);
        // Trials 0 to 2 report an epoch a minute; the last is silent after its first.
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            foreach (var trial in epoch == 1 ? new[] { 0, 1, 2, 3 } : [0, 1, 2])
            {
                await tuner.Harness.Bus.Publish(Epoch(trial, epoch));
            }

            (await tuner.Harness.Consumed.SelectAsync<TrialEpochCompleted>().Take(1 + (3 * epoch)).CountAsync()).ShouldBe(1 + (3 * epoch));
            await SweepForAsync(tuner, TimeSpan.FromMinutes(1));
        }

        await SegmentsAsync(tuner, 5);
        running.Segments.Last().Trial.ShouldBe(3);
        (await tuner.TrialsAsync(Id)).Select(trial => trial.Reissues).ShouldBe([0, 0, 0, 1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_decision_reads_what_the_other_Tuners_changed_and_not_every_trial(int tuners)
    {
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices(), tuners);

        await tuner.SendAsync(QueueNames.StartTraining, Start with { Trials = 60, MaxEpochs = 4, GracePeriod = 1, Scheduler = "asha" });
        await tuner.PublishedAsync<TrainingCompleted>();

        // Each Tuner reads all trials once, when it first hears of the study.
        tuner.Counted.Listings.ShouldBeLessThanOrEqualTo(tuners);
        var turns = (await tuner.TrialsAsync(Id)).Sum(trial => trial.Milestones.Count);
        ((double)tuner.Counted.Trials / turns).ShouldBeLessThan(2.5 + (2 * (tuners - 1)));
    }

    private async Task SweepForAsync(TunerHarness tuner, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += SweepEvery)
        {
            tuner.Time.Advance(SweepEvery);
            await tuner.SendAsync(QueueNames.Study, new SweepStudy { ExecutionId = Id });
            _sweeps++;
            (await tuner.Harness.Consumed.SelectAsync<SweepStudy>().Take(_sweeps).CountAsync()).ShouldBe(_sweeps);
        }
    }

    private static async Task SegmentsAsync(TunerHarness tuner, int count) =>
        (await tuner.Harness.Consumed.SelectAsync<RunTrial>().Take(count).CountAsync()).ShouldBe(count);

    private static TrialEpochCompleted Epoch(int trial, int epoch) => new()
    {
        ExecutionId = Id,
        Trial = trial,
        Epoch = epoch,
        ToEpoch = 100,
        Metrics = MetricValues.Losses(1, 1),
        BestValidationLoss = 1,
        BestEpoch = epoch,
        Seconds = 60,
        RowsPerSecond = 10,
        Runner = "slow",
    };
}
