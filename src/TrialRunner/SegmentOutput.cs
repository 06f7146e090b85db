using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>
/// What comes out of a segment: its reports and its checkpoints, written and sent while the next epochs are trained. An epoch is reported
/// at once where none was within the last second; quicker ones travel together, ten at most, which the bus sends in one call. The last one
/// goes when all before it have been sent. Only what trains the segment calls its methods, one after the other.
/// </summary>
internal sealed class SegmentOutput(
    RunTrial segment, Func<TrialEpochCompleted, Task> report, CheckpointObjects checkpoints, string runner, TimeProvider time,
    CancellationToken stop)
{
    private const int MaxTogether = 10;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private readonly List<TrialEpochCompleted> _waiting = [];
    private long? _sentAt;
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

        _waiting.Add(Report(result));
        if (_waiting.Count == MaxTogether || _sentAt is not { } sent || time.GetElapsedTime(sent) >= MaxWait)
        {
            await _reported;
            _reported = SendWaiting();
        }

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
        await FlushAsync();
        await _saved;
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
        var before = Enumerable.Range(segment.FromEpoch + 1, Math.Max(0, checkpoint.Epoch - segment.FromEpoch - 1));
        foreach (var together in before.Chunk(MaxTogether))
        {
            await Task.WhenAll(together.Select(epoch => report(Again(epoch))));
        }

        if (checkpoint.Epoch > segment.FromEpoch)
        {
            await report(Again(checkpoint.Epoch) with { Checkpoint = end });
        }

        TrialEpochCompleted Again(int epoch) => Report(
            EpochResult.Last(checkpoint.History.Until(epoch), checkpoint.Options.Patience, seconds: 0, rows: 0));
    }

    /// <summary>Sends what waits, and waits until it is sent.</summary>
    public async Task FlushAsync()
    {
        await _reported;
        await SendWaiting();
    }

    private Task SendWaiting()
    {
        TrialEpochCompleted[] together = [.. _waiting];
        _waiting.Clear();
        _sentAt = time.GetTimestamp();
        return Task.Run(() => Task.WhenAll(together.Select(report)));
    }

    // A report that failed ends the segment at the next epoch, and there is at most one partial checkpoint on its way.
    private async Task KeepUpAsync(bool saves)
    {
        if (_reported.IsCompleted)
        {
            await _reported;
        }

        if (saves || _saved.IsCompleted)
        {
            await _saved;
        }
    }

    private async Task FinishAsync(EpochResult last, Checkpoint checkpoint)
    {
        var flushed = FlushAsync();
        ObjectReference reference;
        try
        {
            await _saved;
            reference = await checkpoints.AddFinalAsync(segment, checkpoint);
        }
        finally
        {
            await flushed;
        }

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
        Loss.InTargetUnit(loss, segment.Data.LearnedScale()) is var inUnit && double.IsFinite(inUnit) ? inUnit : null;
}
