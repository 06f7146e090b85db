using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Has a segment trained and its epochs reported. Run twice, it writes the same checkpoint and sends the same reports; what is there
/// already is not trained again. When asked to stop it finishes the epoch, leaves a partial checkpoint and throws
/// <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed partial class SegmentRunner(
    CheckpointObjects checkpoints, KeyedLock locks, SplitCache splits, ISegmentTrainer trainer,
    IOptions<TrialRunnerOptions> options, TimeProvider time, ILogger<SegmentRunner> logger)
{
    public Task RunAsync(RunTrial segment, Func<TrialEpochCompleted, Task> report, CancellationToken stop)
    {
        SegmentValidation.Check(segment);
        var output = new SegmentOutput(segment, report, checkpoints, options.Value.Name, time, stop);
        return locks.RunAsync(CheckpointObjects.FinalUri(segment), () => RunAsync(segment, output, stop), stop);
    }

    private async Task RunAsync(RunTrial segment, SegmentOutput output, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (await checkpoints.FindAsync(CheckpointObjects.FinalUri(segment), stop) is not { } end)
        {
            await TrainAsync(segment, output, stop);
        }
        else if (SegmentValidation.IsEnd(segment, end.Checkpoint))
        {
            await output.ReportAgainAsync(end.Checkpoint, end.Reference);
        }
        else
        {
            throw new SegmentException(
                $"{end.Reference.Uri} is there already and belongs to another trial; use another execution id or remove it.");
        }

        await RemovePartialAsync(segment);
    }

    private async Task TrainAsync(RunTrial segment, SegmentOutput output, CancellationToken stop)
    {
        var from = await FindStartAsync(segment, stop);
        var rows = await Task.WhenAll(
            splits.GetAsync(segment.Data.Train, segment.Data, stop), splits.GetAsync(segment.Data.Validation, segment.Data, stop));
        if (from is not null)
        {
            await output.ReportAgainAsync(from, null);
        }

        try
        {
            await trainer.TrainAsync(
                new SegmentTraining(new TrialStart(SegmentValidation.Options(segment), from), rows[0], rows[1], output));
        }
        catch (Exception exception) when (exception is not ReportException)
        {
            // The trial may be given up for it; its epochs are no less true.
            await output.FlushAsync();
            throw;
        }
    }

    /// <summary>Finds where a segment goes on: a partial checkpoint, else the one that the message names, else none.</summary>
    private async Task<Checkpoint?> FindStartAsync(RunTrial segment, CancellationToken stop) =>
        await FindPartialAsync(segment, stop) ?? (segment.FromEpoch == 0 ? null : await OpenNamedAsync(segment, segment.Checkpoint!, stop));

    private async Task<Checkpoint> OpenNamedAsync(RunTrial segment, ObjectReference reference, CancellationToken stop)
    {
        var checkpoint = await checkpoints.OpenAsync(reference, stop);
        if (checkpoint.Epoch != segment.FromEpoch)
        {
            throw new SegmentException(
                $"{reference.Uri} is of epoch {checkpoint.Epoch}, but the segment starts from epoch {segment.FromEpoch}.");
        }

        if (!SegmentValidation.IsOfTrial(segment, checkpoint))
        {
            throw new SegmentException(
                $"{reference.Uri} is of another trial: {checkpoint.Features} features and {checkpoint.Options}, "
                + $"not {segment.Data.Features} features and {SegmentValidation.Options(segment)}.");
        }

        if (checkpoint.EndedEarly)
        {
            throw new SegmentException(
                $"{reference.Uri} is of a trial that ended early with epoch {checkpoint.Epoch}; there is nothing more to train.");
        }

        return checkpoint;
    }

    /// <summary>A partial checkpoint saves work and nothing else, so one that cannot be used is skipped.</summary>
    private async Task<Checkpoint?> FindPartialAsync(RunTrial segment, CancellationToken stop)
    {
        try
        {
            if (await checkpoints.FindAsync(CheckpointObjects.PartialUri(segment), stop) is not { } partial) return null;
            if (SegmentValidation.IsPartial(segment, partial.Checkpoint)) return partial.Checkpoint;
            LogSkipped(partial.Reference.Uri, "it is of another trial or epoch");
        }
        catch (ModelFileException exception)
        {
            LogSkipped(CheckpointObjects.PartialUri(segment), exception.Message);
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

    [LoggerMessage(LogLevel.Warning, "Checkpoint {Uri} is skipped: {Reason}")]
    private partial void LogSkipped(string uri, string reason);

    [LoggerMessage(LogLevel.Warning, "Checkpoint {Uri} is not needed any more and could not be removed: {Reason}")]
    private partial void LogNotRemoved(string uri, string reason);
}
