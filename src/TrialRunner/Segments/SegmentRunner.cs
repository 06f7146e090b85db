using MacroCausal.Model.Training;
using MacroCausal.Storage;
using MacroCausal.TrialRunner.Groups;
using MacroCausal.TrialRunner.Splits;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner.Segments;

/// <summary>
/// Has a segment trained and its epochs reported. Run twice, it writes the same checkpoint and sends the same reports; what is there already is not trained again. When asked
/// to stop it finishes the epoch, leaves a checkpoint on the way and throws <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed partial class SegmentRunner(
    CheckpointObjects checkpoints,
    SegmentStarts starts,
    KeyedLock turns,
    SplitCache splits,
    SegmentGroups groups,
    IOptions<TrialRunnerOptions> options,
    ILogger<SegmentRunner> logger)
{
    public Task RunAsync(RunTrial segment, Func<TrialEpochCompleted, Task> report, CancellationToken stop)
    {
        SegmentValidation.Check(segment);
        var output = new SegmentOutput(segment, report, checkpoints, options.Value.Name);
        return turns.RunAsync(CheckpointObjects.FinalUri(segment), () => RunAsync(segment, output, stop), stop);
    }

    private async Task RunAsync(RunTrial segment, SegmentOutput output, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (await checkpoints.FindAsync(CheckpointObjects.FinalUri(segment), stop) is not { } end)
            await TrainAsync(segment, output, stop);
        else if (SegmentValidation.IsEnd(segment, end.Checkpoint))
            await output.ReportAgainAsync(end.Checkpoint, end.Reference);
        else
            throw new SegmentException($"{end.Reference.Uri} is there already and belongs to another trial; use another execution id or remove it.");
        await RemovePartialAsync(segment);
    }

    private async Task TrainAsync(RunTrial segment, SegmentOutput output, CancellationToken stop)
    {
        var from = await starts.FindAsync(segment, stop);
        var rows = await Task.WhenAll(splits.GetAsync(segment.Data.Train, stop), splits.GetAsync(segment.Data.Validation, stop));
        if (from is not null)
            await output.ReportAgainAsync(from, null);
        await groups.TrainAsync(new GroupMember(new TrialStart(SegmentValidation.Options(segment), from), rows[0], rows[1], output, stop));
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

    [LoggerMessage(LogLevel.Warning, "Checkpoint {Uri} is not needed any more and could not be removed: {Reason}")]
    private partial void LogNotRemoved(string uri, string reason);
}
