using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Groups;

/// <summary>
/// A segment that waits for a group and is trained in one. What happens to it happens to it alone: it reports, saves, ends, fails and is
/// handed back without the others, and <see cref="Ended"/> tells its own message. Only the group that trains it calls its methods, one
/// after the other; <see cref="StopWaiting"/> may come from anywhere.
/// </summary>
internal sealed class GroupMember(SegmentTraining segment)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SegmentOutput _output = segment.Output;
    private volatile Phase _phase;

    private enum Phase
    {
        Waiting,
        Training,
        Over,
    }

    public SegmentTraining Segment => segment;

    /// <summary>As <see cref="ISegmentTrainer.TrainAsync"/>.</summary>
    public Task Ended => _ended.Task;

    public bool IsOver => _phase == Phase.Over;

    /// <summary>Whether both can train in one group: one shape, the very same rows.</summary>
    public bool Fits(GroupMember other) =>
        segment.Train == other.Segment.Train && segment.Validation == other.Segment.Validation
        && segment.Start.Options.HasShapeOf(other.Segment.Start.Options);

    /// <summary>Hands the segment back where no group has it yet.</summary>
    public void StopWaiting()
    {
        if (Interlocked.CompareExchange(ref _phase, Phase.Over, Phase.Waiting) == Phase.Waiting)
        {
            _ended.SetCanceled(_output.Stop);
        }
    }

    /// <summary>Whether a group is to train it; one that was asked to stop before is over.</summary>
    public bool TryBegin()
    {
        if (Interlocked.CompareExchange(ref _phase, Phase.Training, Phase.Waiting) != Phase.Over && _output.Stop.IsCancellationRequested)
        {
            End(() => _output.HandBackAsync(null));
        }

        return !IsOver;
    }

    /// <summary>Takes an epoch, as <see cref="SegmentOutput.TakeAsync"/>.</summary>
    /// <returns>Whether the segment goes on.</returns>
    public async Task<bool> TakeAsync(EpochResult result, Func<Checkpoint> capture, bool saves)
    {
        try
        {
            if (await _output.TakeAsync(result, capture, saves) is { } end)
            {
                End(end);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        return !IsOver;
    }

    public void Fail(Exception exception) => End(() => Task.FromException(exception));

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
}
