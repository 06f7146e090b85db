namespace MacroCausal.TrialRunner.Groups;

/// <summary>
/// Gathers the segments that wait into groups, for a GPU: a thread that is free takes the oldest one and those like it. Not MassTransit's
/// <c>Batch</c>, which acknowledges all of its messages together, so that a trial would be out of sight until the last one of its group
/// ends, and one failure would be everybody's.
/// </summary>
internal sealed class GroupSegmentTrainer(TrainingConcurrency concurrency, GroupTraining training, TimeProvider time) : ISegmentTrainer
{
    private readonly Lock _lock = new();
    private readonly List<GroupMember> _waiting = [];
    private readonly List<Gathering> _gathering = [];
    private int _free = concurrency.Threads;

    /// <summary>Has a segment trained; completes, fails or is cancelled with it alone.</summary>
    public async Task TrainAsync(SegmentTraining segment)
    {
        var member = new GroupMember(segment);
        await using var registration = segment.Output.Stop.Register(member.StopWaiting);
        lock (_lock)
        {
            Add(member);
        }

        await member.Ended;
    }

    private void Add(GroupMember member)
    {
        if (_gathering.Exists(gathering => gathering.TryAdd(member))) return;
        _waiting.Add(member);
        if (_free == 0) return;
        _free--;
        _ = Task.Run(WorkAsync);
    }

    /// <summary>One thread's work, until nothing waits any more.</summary>
    private async Task WorkAsync()
    {
        while (TakeOldest() is { } gathering)
        {
            if (!gathering.IsFull)
            {
                await gathering.Full.WaitAsync(concurrency.GatheringTime, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            lock (_lock)
            {
                _gathering.Remove(gathering);
            }

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

            var gathering = new Gathering(_waiting[0], concurrency.GroupSize);
            _waiting.RemoveAt(0);
            _waiting.RemoveAll(gathering.TryAdd);
            _gathering.Add(gathering);
            return gathering;
        }
    }

    /// <summary>A group that is about to be trained and waits a moment for others like its first member. Under the lock.</summary>
    private sealed class Gathering(GroupMember first, int size)
    {
        private readonly List<GroupMember> _members = [first];
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<GroupMember> Members => _members;

        public bool IsFull => _members.Count >= size;

        /// <summary>Completes once the group has its maximum size.</summary>
        public Task Full => _full.Task;

        public bool TryAdd(GroupMember member)
        {
            if (IsFull || !first.Fits(member)) return false;
            _members.Add(member);
            if (IsFull)
            {
                _full.SetResult();
            }

            return true;
        }
    }
}
