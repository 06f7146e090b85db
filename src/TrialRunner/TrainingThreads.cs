using System.Collections.Concurrent;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Threads that do nothing but train, one a group. Training on the thread pool would starve what else lives there: the transport's
/// renewals, health checks, reports.
/// </summary>
internal sealed class TrainingThreads : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread[] _threads;

    public TrainingThreads(TrainingConcurrency concurrency)
    {
        _threads = [.. Enumerable.Range(0, concurrency.Threads).Select(
            index => new Thread(Work) { IsBackground = true, Name = $"training {index}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Runs work on the next thread that is free.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => Complete(completion, work));
        return completion.Task;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    private static void Complete<T>(TaskCompletionSource<T> completion, Func<T> work)
    {
        try
        {
            completion.SetResult(work());
        }
        catch (Exception exception)
        {
            completion.SetException(exception);
        }
    }
}
