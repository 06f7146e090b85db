namespace MacroCausal.TrialRunner.Groups;

/// <summary>
/// Gathers the segments that wait into groups: a thread that is free takes the oldest one and those like it. Not MassTransit's <c>Batch</c>, which acknowledges all of its
/// messages together, so that a trial would be out of sight until the last one of its group ends, and one failure would be everybody's.
/// </summary>
internal sealed class SegmentGroups(TrainingConcurrency plan, GroupTraining training, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<GroupMember> _waiting = [];
    private readonly List<Gathering> _gathering = [];
    private int _free = plan.Threads;

    /// <summary>Has a segment trained; completes, fails or is cancelled with it alone.</summary>
    public async Task TrainAsync(GroupMember member)
    {
        await using var registration = member.Stop.Register(member.StopWaiting);
        lock (_lock)
            Add(member);
        await member.Ended;
    }

    private void Add(GroupMember member)
    {
        if (_gathering.Exists(gathering => gathering.TryAdd(member)))
            return;
        _waiting.Add(member);
        if (_free == 0)
            return;
        _free--;
        _ = Task.Run(WorkAsync);
    }

    /// <summary>One thread's work, until nothing waits any more.</summary>
    private async Task WorkAsync()
    {
        while (TakeOldest() is { } gathering)
        {
            if (!gathering.IsFull)
                await gathering.Full.WaitAsync(plan.Wait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_lock)
                _gathering.Remove(gathering);
            await training.RunAsync(gathering.Members);
        }
    }

    private Gathering? TakeOldest()
    {
        lock (_lock)
        {
            _waiting.RemoveAll(member => member.IsOver);
            if (_waiting.Count == 0)
            {
                _free++;
                return null;
            }

            var gathering = new Gathering(_waiting[0], plan.GroupSize);
            _waiting.RemoveAt(0);
            _waiting.RemoveAll(gathering.TryAdd);
            _gathering.Add(gathering);
            return gathering;
        }
    }
}
