using System.Diagnostics;
using System.Numerics;

namespace MacroCausal.Bench.Tuner;

/// <summary>Durations in buckets that widen with the duration: at most 1.6 % wide, 30 KB however many are recorded.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private readonly long[] _buckets = new long[(64 - SubBits) << SubBits];

    public long Count { get; private set; }

    public void Record(long ticks)
    {
        Count++;
        _buckets[Bucket((ulong)Math.Max(ticks, 1))]++;
    }

    public Latency Summarize() => new(Count, Microseconds(0.5), Microseconds(0.99));

    /// <summary>Microseconds below which a share of the durations lies; 0 where none was recorded.</summary>
    private double Microseconds(double share)
    {
        var left = (long)Math.Ceiling(share * Count);
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            left -= _buckets[bucket];
            if (left <= 0 && Count > 0) return Middle(bucket) * 1e6 / Stopwatch.Frequency;
        }

        return 0;
    }

    // Below 2^6 a bucket a tick; above, 2^6 buckets for every doubling.
    private static int Bucket(ulong ticks)
    {
        var shift = Math.Max(0, BitOperations.Log2(ticks) - SubBits);
        return (shift << SubBits) + (int)(ticks >> shift);
    }

    private static double Middle(int bucket)
    {
        var shift = Math.Max(0, (bucket >> SubBits) - 1);
        return (bucket - (shift << SubBits) + (shift > 0 ? 0.5 : 0)) * Math.Pow(2, shift);
    }
}

/// <summary>How often, and how long: microseconds of the median and of the 99th percentile.</summary>
internal readonly record struct Latency(long Count, double Median, double Percentile99);
