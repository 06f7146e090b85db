using System.Diagnostics;

namespace MacroCausal.AmazonSqs.Visibility;

/// <summary>
/// Calls back when a message's visibility must be renewed, from a thread of its own. Timers of the runtime fire on the thread pool. Where
/// training fills the pool they would fire too late, and the message would be given to another receiver.
/// </summary>
internal sealed class VisibilityClock : IDisposable
{
    private readonly PriorityQueue<Action, long> _due = new();
    private readonly object _gate = new();
    private readonly Thread _thread;
    private bool _disposed;

    public VisibilityClock()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "SQS visibility", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Schedule(TimeSpan delay, Action callback)
    {
        var due = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency);
        lock (_gate)
        {
            // Every message schedules its renewal. The thread need not wake for one that is due after the one that it waits for.
            var isNext = !_due.TryPeek(out _, out var next) || due < next;
            _due.Enqueue(callback, due);
            if (isNext)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (WaitForNext() is { } callback)
        {
            callback();
        }
    }

    /// <summary>Waits for the next callback that is due; null where the clock has been disposed.</summary>
    private Action? WaitForNext()
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                if (!_due.TryPeek(out _, out var due))
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (left <= TimeSpan.Zero) return _due.Dequeue();
                Monitor.Wait(_gate, left + TimeSpan.FromMilliseconds(1));
            }

            return null;
        }
    }
}
