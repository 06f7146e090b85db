using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.TestKit;

/// <summary>A clock that a test moves.</summary>
public static class VirtualTime
{
    /// <summary>
    /// Moves the clock on, a second at a time, until a condition holds. Others run in between: what waits for the clock must have begun to
    /// wait when it moves, and nothing tells when that is. However many seconds that takes, the condition comes true, or the test fails
    /// after <see cref="Patience.Limit"/>.
    /// </summary>
    public static async Task AdvanceUntilAsync(this FakeTimeProvider time, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (!await condition())
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, patience.Token);
        }
    }
}
