using MacroCausal.Model.Checkpoints;
using MassTransit;

namespace MacroCausal.TrialRunner.Tests.Groups;

/// <summary>Stops and messages that come twice, in groups.</summary>
public sealed class InterruptedGroupTests
{
    private readonly MemoryObjectStore _objects = new();
    private readonly Openings _openings = new();

    [Fact]
    public async Task A_stop_hands_every_member_back_with_a_checkpoint_of_its_own()
    {
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 3, toEpoch: 400);
        await StopInTheMiddleAsync(segments);
        var left = segments
            .Select(segment => Checkpoint.Read(new MemoryStream(_objects.Objects[CheckpointObjects.PartialUri(segment)])))
            .ToList();
        left.ShouldAllBe(checkpoint => checkpoint.Epoch >= 3 && checkpoint.Epoch < 400);
        left.Select(checkpoint => checkpoint.Options.Seed).ShouldBe(segments.Select(segment => segment.Seed));

        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 3, maxConcurrentSegments: 3, _openings);
        (await process.HashesAsync(segments)).ShouldBe(await Studies.AloneAsync(segments));

        var reports = process.Watch.All<TrialEpochCompleted>();
        reports.GroupBy(report => report.Trial).ShouldAllBe(
            ofTrial => ofTrial.Select(report => report.Epoch).Order().SequenceEqual(Enumerable.Range(1, 400)));
        reports.Count(report => report.Seconds == 0).ShouldBe(left.Sum(checkpoint => checkpoint.Epoch));
    }

    [Fact]
    public async Task A_message_that_comes_twice_is_trained_once_and_reported_twice()
    {
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 2);
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 2, maxConcurrentSegments: 4, _openings);

        await Task.WhenAll(new[] { segments[0], segments[0], segments[1], segments[1] }.Select(process.SendAsync));
        await process.Watch.WaitAsync<RunTrial>(4, _ => true);

        _openings.Groups.ShouldHaveSingleItem().Order().ShouldBe([0, 1]);
        var reports = process.Watch.All<TrialEpochCompleted>();
        reports.Count.ShouldBe(40);
        reports.Select(report => report with { Seconds = 0, RowsPerSecond = 0 }).Distinct().Count().ShouldBe(20);
        reports.Count(report => report.Seconds == 0).ShouldBe(20);
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_comes_twice_is_tried_twice_where_the_first_one_fails()
    {
        var openings = new Openings { RunsOut = FirstOnly() };
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 1, maxConcurrentSegments: 2, openings);

        await Task.WhenAll(process.SendAsync(segment), process.SendAsync(segment));
        await process.Watch.WaitAsync<RunTrial>(2, _ => true);

        openings.Groups.Count.ShouldBe(2);
        process.Watch.All<TrialFailed>().Count.ShouldBe(1);
        process.Watch.All<TrialEpochCompleted>().Count.ShouldBe(10);
    }

    /// <summary>Stops the process once a third epoch is reported.</summary>
    private async Task StopInTheMiddleAsync(IReadOnlyList<RunTrial> segments)
    {
        await using var process = await RunnerProcess.StartAsync(
            _objects, groupSize: segments.Count, maxConcurrentSegments: segments.Count);
        process.Watch.WhenPublished.Enqueue(message =>
        {
            if (message is TrialEpochCompleted { Epoch: 3 })
            {
                process.Lifetime.StopApplication();
            }
        });
        await Task.WhenAll(segments.Select(process.SendAsync));
        await process.Watch.WaitAsync<ConsumerCanceledException>(segments.Count, _ => true);
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
    }

    private static Func<int[], bool> FirstOnly()
    {
        var groups = 0;
        return _ => ++groups == 1;
    }
}
