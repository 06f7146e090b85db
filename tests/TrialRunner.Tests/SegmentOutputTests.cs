using System.Collections.Concurrent;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.TrialRunner.Tests;

/// <summary>Which epochs are reported together, by a clock that stands still.</summary>
public sealed class SegmentOutputTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly ConcurrentQueue<int> _reported = new();

    [Fact]
    public async Task Quick_epochs_travel_together_ten_at_most_and_the_last_one_comes_after_all_others()
    {
        var output = await OutputAsync(toEpoch: 25);

        await TakeAsync(output, 1);
        await SentAsync(1);
        for (var epoch = 2; epoch <= 10; epoch++)
        {
            await TakeAsync(output, epoch);
        }

        _reported.Count.ShouldBe(1, "nine wait for a tenth");
        await TakeAsync(output, 11);
        await SentAsync(11);
        for (var epoch = 12; epoch <= 24; epoch++)
        {
            await TakeAsync(output, epoch);
        }

        await SentAsync(21);
        await (await output.TakeAsync(Result(25), Trained, saves: false))!();
        _reported.Order().ShouldBe(Enumerable.Range(1, 25));
        _reported.Last().ShouldBe(25);
    }

    [Fact]
    public async Task An_epoch_of_a_second_is_reported_at_once_with_what_waits()
    {
        var output = await OutputAsync(toEpoch: 100);

        await TakeAsync(output, 1);
        await TakeAsync(output, 2);
        await SentAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await TakeAsync(output, 3);
        await SentAsync(3);
        _time.Advance(TimeSpan.FromSeconds(1));
        await TakeAsync(output, 4);
        await SentAsync(4);
    }

    [Fact]
    public async Task A_segment_that_fails_or_stops_reports_what_waits()
    {
        var output = await OutputAsync(toEpoch: 100);
        for (var epoch = 1; epoch <= 5; epoch++)
        {
            await TakeAsync(output, epoch);
        }

        await output.FlushAsync();

        _reported.Order().ShouldBe([1, 2, 3, 4, 5]);
        await TakeAsync(output, 6);
        await Should.ThrowAsync<OperationCanceledException>(() => output.HandBackAsync(null));
        _reported.Order().ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task A_report_that_cannot_be_sent_ends_the_segment()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects), toEpoch: 100);
        var output = new SegmentOutput(
            segment, _ => Task.FromException(new ReportException(new IOException())), new CheckpointObjects(_objects), "runner", _time,
            default);
        await TakeAsync(output, 1);

        await Should.ThrowAsync<ReportException>(output.FlushAsync);
    }

    private static async Task TakeAsync(SegmentOutput output, int epoch) =>
        (await output.TakeAsync(Result(epoch), Trained, saves: false)).ShouldBeNull();

    private async Task SentAsync(int count)
    {
        await Eventually.Holds(() => _reported.Count >= count);
        _reported.Count.ShouldBe(count);
    }

    private async Task<SegmentOutput> OutputAsync(int toEpoch)
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects), toEpoch: toEpoch);
        return new SegmentOutput(segment, Report, new CheckpointObjects(_objects), "runner", _time, default);

        Task Report(TrialEpochCompleted report)
        {
            _reported.Enqueue(report.Epoch);
            return Task.CompletedTask;
        }
    }

    private static EpochResult Result(int epoch) => new()
    {
        Epoch = epoch,
        Loss = new EpochLoss(1, 1),
        BestLoss = 1,
        BestEpoch = 1,
        EndedEarly = false,
        Seconds = 0.001,
        RowsPerSecond = 1000,
    };

    private static Checkpoint Trained()
    {
        var rows = new TrainingRows([.. Enumerable.Range(0, 8).Select(cell => (float)cell)], [1, 2, 3, 4], 2);
        var options = new TrainingOptions
        {
            HiddenLayers = [4],
            BatchSize = 2,
            LearningRate = 0.01,
            Dropout = 0,
            WeightDecay = 0,
            Seed = 1,
            Patience = 10,
        };
        using var trial = TrainingGroup.Open(rows, rows, [new TrialStart(options)], TrainingDevice.Cpu, TimeProvider.System);
        trial.RunEpoch();
        return trial.Capture(0);
    }
}
