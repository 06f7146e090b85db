namespace MacroCausal.TrialRunner.Tests.Groups;

/// <summary>What trials do that are trained together.</summary>
public sealed class GroupSegmentTrainerTests
{
    private readonly MemoryObjectStore _objects = new();
    private readonly Openings _openings = new();

    [Fact]
    public async Task Each_shape_has_a_group_and_each_trial_the_bytes_that_it_has_alone()
    {
        Func<TrialConfig, TrialConfig>[] shapes = [
            config => config, config => config with { HiddenLayers = [6] }, config => config with { BatchSize = 16 }];
        var trials = Studies.Segments(await Studies.PrepareAsync(_objects), 9);
        var segments = trials.Select(segment => segment.With(shapes[segment.Trial % 3])).ToList();
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 3, maxConcurrentSegments: 9, _openings);

        (await process.HashesAsync(segments)).ShouldBe(await Studies.AloneAsync(segments));

        _openings.Groups.Select(group => string.Join(' ', group.Order())).ShouldBe(["0 3 6", "1 4 7", "2 5 8"], ignoreOrder: true);
    }

    [Fact]
    public async Task Trials_at_different_epochs_share_a_group()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var before = await RunnerProcess.StartAsync(_objects);
        var checkpoint = (await before.RunAsync(Studies.Segment(data, 0, 4, trial: 0)))[^1].Checkpoint;
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 2, maxConcurrentSegments: 2, _openings);

        var hashes = await process.HashesAsync(Studies.Segment(data, 4, 10, checkpoint, trial: 0), Studies.Segment(data, 0, 3, trial: 1));

        hashes.ShouldBe(await Studies.AloneAsync(Studies.Segment(data, 0, 10, trial: 0), Studies.Segment(data, 0, 3, trial: 1)));
        _openings.Groups.Single().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Trials_that_diverge_or_lose_patience_end_alone()
    {
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 4, toEpoch: 60).ToArray();
        segments[1] = segments[1].With(config => config with { LearningRate = 1e30 });
        segments[2] = segments[2] with { Patience = 1 };
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 4, maxConcurrentSegments: 4, _openings);

        var reports = await Task.WhenAll(segments.Select(process.RunAsync));

        reports.Select(ofTrial => ofTrial[^1].EndedEarly).ShouldBe([false, true, true, false]);
        reports.Select(ofTrial => ofTrial.Count == 60).ShouldBe([true, false, false, true]);
        reports.Select(ofTrial => ofTrial[^1].Checkpoint!.Sha256).ShouldBe(await Studies.AloneAsync(segments));
        _openings.Groups.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_is_done_with_its_own_segment_while_the_group_trains_on()
    {
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 2).ToArray();
        segments[1] = segments[1] with { ToEpoch = 100_000_000 };
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 2, maxConcurrentSegments: 2, _openings);

        await Task.WhenAll(segments.Select(process.SendAsync));
        await process.Watch.WaitAsync<RunTrial>(done => done.Trial == 0);

        process.Watch.All<TrialEpochCompleted>().Count(report => report.Trial == 0).ShouldBe(10);
        await process.Watch.WaitAsync<TrialEpochCompleted>(report => report.Trial == 1 && report.Epoch > 20);
        process.Watch.All<RunTrial>().Select(done => done.Trial).ShouldBe([0]);
        process.Lifetime.StopApplication();
        await process.Watch.WaitAsync<MassTransit.ConsumerCanceledException>(_ => true);
    }

    [Fact]
    public async Task A_segment_that_waits_for_its_group_is_handed_back_at_once()
    {
        var time = new TimerWatch();
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 2, maxConcurrentSegments: 2, _openings, time);
        await process.SendAsync(Studies.Segment(await Studies.PrepareAsync(_objects)));
        await time.Waits;

        process.Lifetime.StopApplication();
        await process.Watch.WaitAsync<MassTransit.ConsumerCanceledException>(_ => true);

        process.Watch.All<TrialFailed>().ShouldBeEmpty();
        _openings.Groups.ShouldBeEmpty();
    }
}

/// <summary>The system's clock; tells when somebody begins to wait by it.</summary>
internal sealed class TimerWatch : TimeProvider
{
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Waits => _waits.Task.WaitAsync(Patience.Limit);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.TrySetResult();
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
