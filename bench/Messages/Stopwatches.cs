using System.Collections.Concurrent;
using System.Diagnostics;

namespace MacroCausal.Bench.Messages;

/// <summary>How often something was done, and how long it took altogether, by name.</summary>
internal sealed class Stopwatches
{
    private readonly ConcurrentDictionary<string, Sum> _sums = new(StringComparer.Ordinal);

    /// <summary>What was measured so far, the longest first.</summary>
    public IReadOnlyList<(string Name, long Times, TimeSpan Total)> Read() =>
        [
            .. _sums
                .Select(pair => (pair.Key, pair.Value.Times, Stopwatch.GetElapsedTime(0, pair.Value.Ticks)))
                .OrderByDescending(sum => sum.Item3),
        ];

    public void Clear() => _sums.Clear();

    public async Task<T> MeasureAsync<T>(string name, Func<Task<T>> action)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            return await action();
        }
        finally
        {
            Add(name, started);
        }
    }

    /// <summary>Adds what has passed since a timestamp.</summary>
    public void Add(string name, long started)
    {
        var sum = _sums.GetOrAdd(name, _ => new Sum());
        Interlocked.Increment(ref sum.Times);
        Interlocked.Add(ref sum.Ticks, Stopwatch.GetTimestamp() - started);
    }

    private sealed class Sum
    {
        public long Times;
        public long Ticks;
    }
}
