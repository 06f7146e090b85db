namespace MacroCausal.TrialRunner.Tests.Groups;

/// <summary>The system's clock; tells when somebody begins to wait by it.</summary>
internal sealed class TimerWatch : TimeProvider
{
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Waits => _waits.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.TrySetResult();
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
