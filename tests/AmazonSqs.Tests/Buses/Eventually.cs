namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>Waits for what happens in another process, which cannot tell when it has happened.</summary>
internal static class Eventually
{
    public static async Task Holds(Func<Task<bool>> condition)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition()) await look.WaitForNextTickAsync(patience.Token);
    }
}
