namespace MacroCausal.TestKit.Stores;

/// <summary>Does the same on many threads at once, started together.</summary>
public static class Race
{
    /// <summary>The results, in the order of the racers' numbers from 0.</summary>
    public static async Task<T[]> RunAsync<T>(int many, Func<int, Task<T>> act)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racers = Enumerable.Range(0, many).Select(async number =>
        {
            await start.Task;
            return await Task.Run(() => act(number));
        }).ToArray();
        start.SetResult();
        return await Task.WhenAll(racers);
    }
}
