using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.TrialRunner.Tests.Groups;

/// <summary>What goes wrong with one trial is no other's business.</summary>
public sealed class FailingGroupTests
{
    private const string MemoryRanOut =
        "Memory ran out while training hidden layers [8, 4] with batches of 32; give the runner more memory or fewer Workers.";
    private readonly MemoryObjectStore _objects = new();

    [Fact]
    public async Task Segments_that_cannot_begin_fail_and_the_others_have_their_group()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var before = await RunnerProcess.StartAsync(_objects);
        var checkpoint = (await before.RunAsync(Studies.Segment(data, trial: 8)))[^1].Checkpoint!;
        var good = Studies.Segments(data, 2, toEpoch: 20);
        var openings = new Openings();
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 2, maxConcurrentSegments: 5, openings);

        await process.SendAsync(good[0]);
        var gone = await process.FailAsync(Studies.Segment(data, 10, 20, checkpoint with { Uri = "s3://artifacts/gone" }, trial: 3));
        var others = await process.FailAsync(Studies.Segment(data, 10, 20, checkpoint, trial: 4));
        var early = await process.FailAsync(Studies.Segment(data, 9, 20, checkpoint, trial: 8));

        (await process.HashesAsync(good)).ShouldBe(await Studies.AloneAsync(good));
        gone.Reason.ShouldContain("s3://artifacts/gone");
        others.Reason.ShouldStartWith($"{checkpoint.Uri} is of another trial");
        early.Reason.ShouldBe($"{checkpoint.Uri} is of epoch 10, but the segment starts from epoch 9.");
        openings.Groups.ShouldHaveSingleItem().Order().ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_trial_that_ended_early_is_not_trained_on()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects);
        var diverging = Studies.Segment(data).With(config => config with { LearningRate = 1e30 });
        var last = (await process.RunAsync(diverging))[^1];

        var failure = await process.FailAsync(diverging with { FromEpoch = last.Epoch, ToEpoch = 20, Checkpoint = last.Checkpoint });

        failure.Reason.ShouldEndWith($"ended early with epoch {last.Epoch}; there is nothing more to train.");
    }

    [Fact]
    public async Task A_group_that_memory_does_not_hold_is_trained_in_halves()
    {
        var openings = new Openings { RunsOut = group => group.Length > 2 };
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 5);
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 5, maxConcurrentSegments: 5, openings);

        (await process.HashesAsync(segments)).ShouldBe(await Studies.AloneAsync(segments));

        openings.Groups.Select(group => group.Length).ShouldBe([5, 3, 2, 1, 2]);
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_one_trial_that_memory_does_not_hold_fails_alone()
    {
        var openings = new Openings { RunsOut = group => group.Contains(2) };
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 6);
        var good = segments.Where(segment => segment.Trial != 2).ToList();
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 6, maxConcurrentSegments: 6, openings);

        var failing = process.FailAsync(segments[2]);
        (await process.HashesAsync(good)).ShouldBe(await Studies.AloneAsync(good));

        (await failing).Reason.ShouldBe(MemoryRanOut);
        process.Watch.All<TrialFailed>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_group_that_fails_in_an_epoch_is_trained_in_halves_from_where_it_began()
    {
        // The clock is looked at twice an epoch: the fourth epoch fails.
        var openings = new Openings { Clock = group => group.Length > 1 ? new FailingClock(7) : TimeProvider.System };
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 2).ToArray();
        segments[0] = segments[0] with { ToEpoch = 3 };
        var third = segments[1] with { Trial = 2, Seed = segments[1].Seed + 1 };
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 3, maxConcurrentSegments: 3, openings);

        (await process.HashesAsync([.. segments, third])).ShouldBe(await Studies.AloneAsync([.. segments, third]));

        openings.Groups.Select(group => group.Length).ShouldBe([3, 1, 1]);
        openings.Groups.Skip(1).SelectMany(group => group).Order().ShouldBe([1, 2]);
        var ofSecond = process.Watch.All<TrialEpochCompleted>().Where(report => report.Trial == 1).ToList();
        ofSecond.Count.ShouldBe(3 + 10);
        ofSecond.Select(report => (report.Epoch, report.Metrics.ValidationLoss)).Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public async Task A_report_that_cannot_be_sent_fails_its_trial_alone()
    {
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 3);
        var openings = new Openings();
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 3, maxConcurrentSegments: 3, openings);
        process.Watch.Refuses = message => message is TrialEpochCompleted { Trial: 1, Epoch: 4 };

        var failing = process.FailAsync(segments[1]);
        var hashes = await process.HashesAsync(segments[0], segments[2]);

        (await failing).Reason.ShouldBe("An epoch could not be reported: The broker is down.");
        hashes.ShouldBe(await Studies.AloneAsync(segments[0], segments[2]));
        openings.Groups.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_written_fails_its_trial_alone()
    {
        var segments = Studies.Segments(await Studies.PrepareAsync(_objects), 3);
        var openings = new Openings();
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(31) };
        _objects.Refuses = uri => uri == CheckpointObjects.PartialUri(segments[1]);
        await using var process = await RunnerProcess.StartAsync(_objects, groupSize: 3, maxConcurrentSegments: 3, openings, time);

        var failing = process.FailAsync(segments[1]);
        var hashes = await process.HashesAsync(segments[0], segments[2]);

        (await failing).Reason.ShouldBe($"{CheckpointObjects.PartialUri(segments[1])} cannot be written.");
        hashes.ShouldBe(await Studies.AloneAsync(segments[0], segments[2]));
        openings.Groups.Count.ShouldBe(1);
        _objects.Writes.ShouldContain(CheckpointObjects.PartialUri(segments[0]));
    }
}

/// <summary>A clock that runs out of memory when it is looked at for the nth time, and so makes an epoch fail in its middle.</summary>
internal sealed class FailingClock(int at) : TimeProvider
{
    private int _looks;

    public override long GetTimestamp() => ++_looks == at ? throw new InsufficientMemoryException() : base.GetTimestamp();
}
