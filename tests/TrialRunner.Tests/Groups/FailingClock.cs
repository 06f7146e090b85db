namespace MacroCausal.TrialRunner.Tests.Groups;

/// <summary>A clock that runs out of memory when it is looked at for the nth time, and so makes an epoch fail in its middle.</summary>
internal sealed class FailingClock(int at) : TimeProvider
{
    private int _looks;

    public override long GetTimestamp() => ++_looks == at ? throw new InsufficientMemoryException() : base.GetTimestamp();
}
