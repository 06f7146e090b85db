using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;
using MacroCausal.Storage.Objects;
using MacroCausal.TrialRunner.Splits;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner.Segments;

/// <summary>
/// Trains a segment and reports its epochs. Run twice, it writes the same checkpoint and sends the same reports; what is there already is not trained again. When asked
/// to stop it finishes the epoch, leaves a checkpoint on the way and throws <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed partial class SegmentRunner(
    CheckpointObjects checkpoints, SplitCache splits, TrainingThreads threads, TimeProvider time, IOptions<TrialRunnerOptions> options, ILogger<SegmentRunner> logger)
{
    private readonly TrialRunnerOptions _options = options.Value;

    public async Task RunAsync(RunTrial segment, Func<TrialEpochCompleted, Task> report, CancellationToken stop)
    {
        SegmentPlan.Check(segment);
        stop.ThrowIfCancellationRequested();
        if (await checkpoints.FindAsync(CheckpointObjects.FinalUri(segment), stop) is { } end)
            await ReportAgainAsync(segment, end, report);
        else
            await TrainAsync(segment, report, stop);
        await RemovePartialAsync(segment);
    }

    private async Task ReportAgainAsync(RunTrial segment, StoredCheckpoint end, Func<TrialEpochCompleted, Task> report)
    {
        if (!SegmentPlan.IsEnd(segment, end.Checkpoint))
            throw new SegmentException($"{end.Reference.Uri} is there already and belongs to another trial; use another execution id or remove it.");
        foreach (var epoch in EpochReport.Again(segment, end.Checkpoint, _options.Name))
            await report(epoch.Epoch == end.Checkpoint.Epoch ? epoch with { Checkpoint = end.Reference } : epoch);
    }

    private async Task TrainAsync(RunTrial segment, Func<TrialEpochCompleted, Task> report, CancellationToken stop)
    {
        var start = await FindStartAsync(segment, stop);
        using var session = await OpenAsync(segment, start, stop);
        if (start is not null)
        {
            foreach (var epoch in EpochReport.Again(segment, start, _options.Name))
                await report(epoch);
        }

        var last = await TrainToEndAsync(segment, session, report, stop);
        var reference = await checkpoints.AddFinalAsync(segment, session.Capture());
        await report(EpochReport.Of(segment, last, _options.Name) with { Checkpoint = reference });
    }

    /// <summary>Trains up to the segment's last epoch and returns it; it is not reported yet.</summary>
    private async Task<EpochResult> TrainToEndAsync(RunTrial segment, TrainingSession session, Func<TrialEpochCompleted, Task> report, CancellationToken stop)
    {
        var (saved, reported) = (time.GetTimestamp(), Task.CompletedTask);
        while (true)
        {
            // An epoch is reported while the next one is trained.
            var result = await threads.RunAsync(() => session.RunEpoch(CancellationToken.None));
            await reported;
            if (result.EndedEarly || result.Epoch == segment.ToEpoch)
                return result;

            reported = report(EpochReport.Of(segment, result, _options.Name));
            if (!stop.IsCancellationRequested && time.GetElapsedTime(saved) < _options.CheckpointEvery)
                continue;
            await reported;
            await checkpoints.PutPartialAsync(segment, session.Capture());
            saved = time.GetTimestamp();
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Where to go on: a checkpoint on the way, else the one that the message names, else none.</summary>
    private async Task<Checkpoint?> FindStartAsync(RunTrial segment, CancellationToken stop)
    {
        if (await FindPartialAsync(segment, stop) is { } partial)
            return partial;
        if (segment.FromEpoch == 0)
            return null;

        var checkpoint = await checkpoints.OpenAsync(segment.Checkpoint!, stop);
        return checkpoint.Epoch == segment.FromEpoch
            ? checkpoint
            : throw new SegmentException($"{segment.Checkpoint!.Uri} is of epoch {checkpoint.Epoch}, but the segment starts from epoch {segment.FromEpoch}.");
    }

    /// <summary>A checkpoint on the way saves work and nothing else, so one that cannot be used is passed over.</summary>
    private async Task<Checkpoint?> FindPartialAsync(RunTrial segment, CancellationToken stop)
    {
        try
        {
            if (await checkpoints.FindAsync(CheckpointObjects.PartialUri(segment), stop) is not { } partial)
                return null;
            if (SegmentPlan.IsOnTheWay(segment, partial.Checkpoint))
                return partial.Checkpoint;
            LogPassedOver(partial.Reference.Uri, "it is of another trial or epoch");
        }
        catch (ModelFileException exception)
        {
            LogPassedOver(CheckpointObjects.PartialUri(segment), exception.Message);
        }

        return null;
    }

    private async Task RemovePartialAsync(RunTrial segment)
    {
        try
        {
            await checkpoints.DeletePartialAsync(segment);
        }
        catch (ObjectStoreException exception)
        {
            LogNotRemoved(CheckpointObjects.PartialUri(segment), exception.Message);
        }
    }

    private async Task<TrainingSession> OpenAsync(RunTrial segment, Checkpoint? start, CancellationToken stop)
    {
        var rows = await Task.WhenAll(splits.GetAsync(segment.Data.Train, stop), splits.GetAsync(segment.Data.Validation, stop));
        var device = TrainingDevice.Resolve(_options.Device);
        return await threads.RunAsync(() => start is null
            ? TrainingSession.Start(rows[0], rows[1], SegmentPlan.Options(segment), device, time)
            : TrainingSession.Restore(rows[0], rows[1], SegmentPlan.Options(segment), start, device, time));
    }

    [LoggerMessage(LogLevel.Warning, "Checkpoint {Uri} is passed over: {Reason}")]
    private partial void LogPassedOver(string uri, string reason);

    [LoggerMessage(LogLevel.Warning, "Checkpoint {Uri} is not needed any more and could not be removed: {Reason}")]
    private partial void LogNotRemoved(string uri, string reason);
}
