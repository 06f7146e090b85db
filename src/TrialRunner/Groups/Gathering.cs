namespace MacroCausal.TrialRunner.Groups;

/// <summary>A group that is about to be trained and waits a moment for others like its first member. Under the lock of <see cref="SegmentGroups"/>.</summary>
internal sealed class Gathering(GroupMember first, int size)
{
    private readonly List<GroupMember> _members = [first];
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<GroupMember> Members => _members;

    public bool IsFull => _members.Count >= size;

    /// <summary>Completes once there is no room left.</summary>
    public Task Full => _full.Task;

    public bool TryAdd(GroupMember member)
    {
        if (IsFull || !first.Fits(member))
            return false;
        _members.Add(member);
        if (IsFull)
            _full.SetResult();
        return true;
    }
}
