using System.Diagnostics.Metrics;

namespace MacroCausal.Hosting;

/// <summary>What the services measure of themselves; MassTransit and the runtime add their own.</summary>
public static class MacroCausalMetrics
{
    /// <summary>The meter that all of them belong to; telemetry subscribes to it by this name.</summary>
    public const string MeterName = "MacroCausal";

    private static readonly Meter Meter = new(MeterName);

    // From a message that is taken at once to a segment of an hour.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600],
    };

    /// <summary>Seconds that a message waited between its sending and its consumer, by <c>message</c>.</summary>
    public static Histogram<double> QueueTime { get; } = Meter.CreateHistogram(
        "macrocausal.queue.time", "s", "Time from a message's sending to its consumer", null, Seconds);

    /// <summary>Seconds that a segment took from its message to its last report.</summary>
    public static Histogram<double> SegmentTime { get; } = Meter.CreateHistogram(
        "macrocausal.segment.time", "s", "Time from a segment's message to its last report", null, Seconds);

    /// <summary>Epochs that were trained; their rate is epochs per second.</summary>
    public static Counter<long> Epochs { get; } = Meter.CreateCounter<long>("macrocausal.epochs", "{epoch}", "Epochs trained");

    /// <summary>Changes of trials, by <c>state</c>: running, paused, completed, stopped, failed.</summary>
    public static Counter<long> TrialChanges { get; } = Meter.CreateCounter<long>(
        "macrocausal.trials", "{trial}", "Trials that came into a state");

    /// <summary>Studies that ended, by <c>outcome</c>: completed, failed.</summary>
    public static Counter<long> Studies { get; } = Meter.CreateCounter<long>("macrocausal.studies", "{study}", "Studies that ended");
}
