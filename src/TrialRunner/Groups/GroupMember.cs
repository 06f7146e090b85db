using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;
using MacroCausal.TrialRunner.Segments;

namespace MacroCausal.TrialRunner.Groups;

/// <summary>
/// A segment that waits for a group and is trained in one. What happens to it happens to it alone: it reports, saves, ends, fails and is handed back without the others, and
/// <see cref="Ended"/> tells its own message. Only the group that trains it calls its methods, one after the other; <see cref="StopWaiting"/> may come from anywhere.
/// </summary>
internal sealed class GroupMember(TrialStart start, TrainingRows train, TrainingRows validation, SegmentOutput output, CancellationToken stop)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reported = Task.CompletedTask;
    private Task _saved = Task.CompletedTask;
    private volatile Phase _phase;

    public TrialStart Start => start;

    public TrainingRows Train => train;

    public TrainingRows Validation => validation;

    /// <summary>Completes once the last report is sent; fails with what went wrong, or with <see cref="OperationCanceledException"/> where the segment is handed back.</summary>
    public Task Ended => _ended.Task;

    public bool IsOver => _phase == Phase.Over;

    /// <summary>Asks the segment to stop; heeded at once while it waits, after the epoch while it trains.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Whether both can train in one group: one shape, the very same rows.</summary>
    public bool Fits(GroupMember other) => train == other.Train && validation == other.Validation && start.Options.HasShapeOf(other.Start.Options);

    /// <summary>Hands the segment back where no group has it yet.</summary>
    public void StopWaiting()
    {
        if (Interlocked.CompareExchange(ref _phase, Phase.Over, Phase.Waiting) == Phase.Waiting)
            _ended.SetCanceled(stop);
    }

    /// <summary>Whether a group is to train it; one that was asked to stop before is over.</summary>
    public bool TryBegin()
    {
        if (Interlocked.CompareExchange(ref _phase, Phase.Training, Phase.Waiting) != Phase.Over && stop.IsCancellationRequested)
            HandBack(null);
        return !IsOver;
    }

    /// <summary>Takes an epoch: it is reported while the group trains the next one.</summary>
    /// <param name="result">The epoch.</param>
    /// <param name="capture">The state after it.</param>
    /// <param name="saves">Whether a checkpoint on the way is due.</param>
    /// <returns>Whether the segment goes on.</returns>
    public async Task<bool> TakeAsync(EpochResult result, Func<Checkpoint> capture, bool saves)
    {
        try
        {
            await KeepUpAsync(saves);
            if (output.IsLast(result))
                Finish(result, capture());
            else
                Continue(result, capture, saves);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        return !IsOver;
    }

    public void Fail(Exception exception) => End(() => Task.FromException(exception));

    // The reports of a segment are never more than one epoch late, nor is there a second checkpoint on its way before the first is written.
    private async Task KeepUpAsync(bool saves)
    {
        await _reported;
        if (saves || _saved.IsCompleted)
            await _saved;
    }

    private void Continue(EpochResult result, Func<Checkpoint> capture, bool saves)
    {
        _reported = Task.Run(() => output.ReportAsync(result));
        if (stop.IsCancellationRequested)
            HandBack(capture());
        else if (saves)
            _saved = Save(capture());
    }

    private void Finish(EpochResult last, Checkpoint checkpoint) => End(async () =>
    {
        await _saved;
        await output.FinishAsync(last, checkpoint);
    });

    private void HandBack(Checkpoint? checkpoint) => End(async () =>
    {
        await Task.WhenAll(_reported, _saved);
        if (checkpoint is not null)
            await output.SaveAsync(checkpoint);
        throw new OperationCanceledException(stop);
    });

    private Task Save(Checkpoint checkpoint) => Task.Run(() => output.SaveAsync(checkpoint));

    // The group does not wait for what is left to do.
    private void End(Func<Task> rest)
    {
        _phase = Phase.Over;
        _ = Task.Run(() => EndAsync(rest));
    }

    private async Task EndAsync(Func<Task> rest)
    {
        try
        {
            await rest();
            _ended.SetResult();
        }
        catch (Exception exception)
        {
            _ended.SetException(exception);
        }
    }

    private enum Phase
    {
        Waiting,
        Training,
        Over,
    }
}
