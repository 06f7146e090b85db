using MacroCausal.Model.Checkpoints;
using MassTransit;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.TrialRunner.Tests;

public sealed class InterruptedSegmentTests
{
    private const int ToEpoch = 400;
    private readonly MemoryObjectStore _objects = new();

    [Fact]
    public async Task A_stop_leaves_a_partial_checkpoint_from_which_the_segment_comes_to_the_same_bytes()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects), toEpoch: ToEpoch);
        var left = await StopInTheMiddleAsync(segment);
        left.ShouldBeInRange(3, ToEpoch - 1);

        await using var process = await RunnerProcess.StartAsync(_objects);
        var reports = await process.RunAsync(segment);

        reports.Select(report => report.Epoch).ShouldBe(Enumerable.Range(1, ToEpoch));
        reports.Count(report => report.Seconds == 0).ShouldBe(left);
        reports[^1].Checkpoint!.Sha256.ShouldBe(await UninterruptedAsync(segment));
        _objects.Uris.ShouldNotContain(CheckpointObjects.PartialUri(segment));
    }

    [Fact]
    public async Task A_damaged_partial_checkpoint_is_skipped()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        _objects.Put(CheckpointObjects.PartialUri(segment), [1, 2, 3]);
        await using var process = await RunnerProcess.StartAsync(_objects);

        var reports = await process.RunAsync(segment);

        reports.ShouldAllBe(report => report.Seconds > 0);
        reports[^1].Checkpoint!.Sha256.ShouldBe(await UninterruptedAsync(segment));
    }

    [Fact]
    public async Task A_long_segment_leaves_partial_checkpoints_by_the_clock()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        // Every look at the clock takes 20 seconds: two an epoch and one for the age of the last checkpoint.
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(20) };
        await using var process = await RunnerProcess.StartAsync(_objects, time);

        await process.RunAsync(segment);

        _objects.Writes.Count(uri => uri == CheckpointObjects.PartialUri(segment)).ShouldBeInRange(4, 9);
    }

    /// <summary>Stops the process once the third epoch is reported; returns the epoch of the checkpoint that it left.</summary>
    private async Task<int> StopInTheMiddleAsync(RunTrial segment)
    {
        await using var process = await RunnerProcess.StartAsync(_objects);
        process.Watch.WhenPublished.Enqueue(message =>
        {
            if (message is TrialEpochCompleted { Epoch: 3 })
            {
                process.Lifetime.StopApplication();
            }
        });
        await process.SendAsync(segment);
        await process.Watch.WaitAsync<ConsumerCanceledException>(_ => true);

        var reports = process.Watch.All<TrialEpochCompleted>();
        reports.ShouldAllBe(report => report.Checkpoint == null);
        _objects.Uris.ShouldNotContain(CheckpointObjects.FinalUri(segment));
        var left = Checkpoint.Read(new MemoryStream(_objects.Objects[CheckpointObjects.PartialUri(segment)])).Epoch;
        reports.Count.ShouldBe(left);
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
        return left;
    }

    private static async Task<string> UninterruptedAsync(RunTrial segment)
    {
        var objects = new MemoryObjectStore();
        await Studies.PrepareAsync(objects);
        await using var process = await RunnerProcess.StartAsync(objects);
        return (await process.RunAsync(segment))[^1].Checkpoint!.Sha256;
    }
}
