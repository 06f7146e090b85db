namespace MacroCausal.TestKit;

/// <summary>Polls for a state that nothing signals: of another process, of a store, of a page, or of a log.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until a condition holds, or fails after <see cref="Patience.Limit"/>.</summary>
    public static Task Holds(Func<bool> condition) => Holds(() => Task.FromResult(condition()));

    /// <summary>Waits until a condition holds, or fails after <see cref="Patience.Limit"/>.</summary>
    public static async Task Holds(Func<Task<bool>> condition)
    {
        using var interval = new PeriodicTimer(Interval);
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (!await condition())
        {
            await interval.WaitForNextTickAsync(patience.Token);
        }
    }
}
