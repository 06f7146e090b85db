using System.Diagnostics;
using MacroCausal.Bench.Tuner;

namespace MacroCausal.Bench.Tests.Tuner;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(10_000_000)]
    public void Percentiles_are_exact_to_two_percent(int longest)
    {
        var histogram = new LatencyHistogram();
        for (var ticks = 1; ticks <= longest; ticks += Math.Max(1, longest / 10_000)) histogram.Record(ticks);
        var latency = histogram.Summarize();

        (latency.Median * Stopwatch.Frequency / 1e6).ShouldBe(0.5 * longest, 0.02 * longest);
        (latency.Percentile99 * Stopwatch.Frequency / 1e6).ShouldBe(0.99 * longest, 0.02 * longest);
    }
}
