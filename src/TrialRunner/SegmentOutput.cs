using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>
/// What comes out of a segment: its reports and its checkpoints, written and sent while the next epoch is trained. Only what trains the
/// segment calls its methods, one after the other.
/// </summary>
internal sealed class SegmentOutput(
    RunTrial segment, Func<TrialEpochCompleted, Task> report, CheckpointObjects checkpoints, string runner, CancellationToken stop)
{
    private Task _reported = Task.CompletedTask;
    private Task _saved = Task.CompletedTask;

    /// <summary>Asks the segment to stop; heeded after the epoch in which it comes.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Takes an epoch.</summary>
    /// <param name="result">The epoch.</param>
    /// <param name="capture">The state after it.</param>
    /// <param name="saves">Whether a partial checkpoint is due.</param>
    /// <returns>What is left to do where the segment is over: it writes and reports the end, or hands the segment back; null where training
    /// goes on.</returns>
    public async Task<Func<Task>?> TakeAsync(EpochResult result, Func<Checkpoint> capture, bool saves)
    {
        await KeepUpAsync(saves);
        if (result.EndedEarly || result.Epoch == segment.ToEpoch)
        {
            var last = capture();
            return () => FinishAsync(result, last);
        }

        _reported = Task.Run(() => report(Report(result)));
        if (stop.IsCancellationRequested)
        {
            var partial = capture();
            return () => HandBackAsync(partial);
        }

        if (saves)
        {
            var partial = capture();
            _saved = Task.Run(() => checkpoints.PutPartialAsync(segment, partial));
        }

        return null;
    }

    /// <summary>Leaves a partial checkpoint, if there is one to leave, and throws <see cref="OperationCanceledException"/>.</summary>
    public async Task HandBackAsync(Checkpoint? partial)
    {
        await Task.WhenAll(_reported, _saved);
        if (partial is not null)
        {
            await checkpoints.PutPartialAsync(segment, partial);
        }

        throw new OperationCanceledException(stop);
    }

    /// <summary>
    /// Reports the segment's epochs that a checkpoint remembers; the last one carries <paramref name="end"/>. Times are not in a
    /// checkpoint; they are 0.
    /// </summary>
    public async Task ReportAgainAsync(Checkpoint checkpoint, ObjectReference? end)
    {
        for (var epoch = segment.FromEpoch + 1; epoch <= checkpoint.Epoch; epoch++)
        {
            var result = EpochResult.Last(checkpoint.History.Until(epoch), checkpoint.Options.Patience, seconds: 0, rows: 0);
            await report(Report(result) with { Checkpoint = epoch == checkpoint.Epoch ? end : null });
        }
    }

    // A report is at most one epoch late, and there is at most one partial checkpoint on its way.
    private async Task KeepUpAsync(bool saves)
    {
        await _reported;
        if (saves || _saved.IsCompleted)
        {
            await _saved;
        }
    }

    private async Task FinishAsync(EpochResult last, Checkpoint checkpoint)
    {
        await _saved;
        var reference = await checkpoints.AddFinalAsync(segment, checkpoint);
        await report(Report(last) with { Checkpoint = reference });
    }

    // The one place where an epoch becomes a message: losses in the target's unit, none where they are not finite.
    private TrialEpochCompleted Report(EpochResult result) => new()
    {
        ExecutionId = segment.ExecutionId,
        Trial = segment.Trial,
        Epoch = result.Epoch,
        ToEpoch = segment.ToEpoch,
        Metrics = MetricValues.Losses(InTargetUnit(result.Loss.Train), InTargetUnit(result.Loss.Validation)),
        BestValidationLoss = InTargetUnit(result.BestLoss),
        BestEpoch = result.BestEpoch,
        Seconds = result.Seconds,
        RowsPerSecond = result.RowsPerSecond,
        EndedEarly = result.EndedEarly,
        Runner = runner,
    };

    private double? InTargetUnit(double loss) =>
        Loss.InTargetUnit(loss, segment.Data.TargetScale) is var inUnit && double.IsFinite(inUnit) ? inUnit : null;
}
