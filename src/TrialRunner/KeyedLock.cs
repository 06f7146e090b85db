namespace MacroCausal.TrialRunner;

/// <summary>
/// Lets messages for the same checkpoint take turns: the second one waits, and finds what the first one left. A message that was delivered
/// twice would otherwise train its trial twice.
/// </summary>
internal sealed class KeyedLock
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _running = [];

    /// <summary>Runs work once no other work of that name runs.</summary>
    /// <param name="name">What only one may work on.</param>
    /// <param name="work">The work.</param>
    /// <param name="stop">Gives up waiting.</param>
    public async Task RunAsync(string name, Func<Task> work, CancellationToken stop)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (FindOther(name, done.Task) is { } other)
        {
            await other.WaitAsync(stop);
        }

        try
        {
            await work();
        }
        finally
        {
            lock (_lock)
            {
                _running.Remove(name);
            }

            done.SetResult();
        }
    }

    private Task? FindOther(string name, Task own)
    {
        lock (_lock)
        {
            return _running.TryAdd(name, own) ? null : _running[name];
        }
    }
}
