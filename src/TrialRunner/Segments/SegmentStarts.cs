using MacroCausal.Model.Checkpoints;
using Microsoft.Extensions.Logging;

namespace MacroCausal.TrialRunner.Segments;

/// <summary>Finds where a segment goes on: a checkpoint on the way, else the one that the message names, else none.</summary>
internal sealed partial class SegmentStarts(CheckpointObjects checkpoints, ILogger<SegmentStarts> logger)
{
    public async Task<Checkpoint?> FindAsync(RunTrial segment, CancellationToken stop) =>
        await FindPartialAsync(segment, stop) ?? (segment.FromEpoch == 0 ? null : await OpenNamedAsync(segment, segment.Checkpoint!, stop));

    private async Task<Checkpoint> OpenNamedAsync(RunTrial segment, ObjectReference reference, CancellationToken stop)
    {
        var checkpoint = await checkpoints.OpenAsync(reference, stop);
        if (checkpoint.Epoch != segment.FromEpoch)
            throw new SegmentException($"{reference.Uri} is of epoch {checkpoint.Epoch}, but the segment starts from epoch {segment.FromEpoch}.");
        if (!SegmentValidation.IsOfTrial(segment, checkpoint))
            throw new SegmentException($"{reference.Uri} is of another trial: {checkpoint.Features} features and {checkpoint.Options}, not {segment.Data.Features} features and {SegmentValidation.Options(segment)}.");
        if (checkpoint.EndedEarly)
            throw new SegmentException($"{reference.Uri} is of a trial that ended early with epoch {checkpoint.Epoch}; there is nothing more to train.");
        return checkpoint;
    }

    /// <summary>A checkpoint on the way saves work and nothing else, so one that cannot be used is passed over.</summary>
    private async Task<Checkpoint?> FindPartialAsync(RunTrial segment, CancellationToken stop)
    {
        try
        {
            if (await checkpoints.FindAsync(CheckpointObjects.PartialUri(segment), stop) is not { } partial)
                return null;
            if (SegmentValidation.IsOnTheWay(segment, partial.Checkpoint))
                return partial.Checkpoint;
            LogPassedOver(partial.Reference.Uri, "it is of another trial or epoch");
        }
        catch (ModelFileException exception)
        {
            LogPassedOver(CheckpointObjects.PartialUri(segment), exception.Message);
        }

        return null;
    }

    [LoggerMessage(LogLevel.Warning, "Checkpoint {Uri} is passed over: {Reason}")]
    private partial void LogPassedOver(string uri, string reason);
}
