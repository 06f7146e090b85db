using System.Diagnostics.Metrics;

namespace MacroCausal.Hosting.Telemetry;

/// <summary>What the services measure of themselves; MassTransit and the runtime add their own.</summary>
public static class MacroCausalMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "MacroCausal";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Seconds that a message waited between its sending and its consumer, by <c>message</c>.</summary>
    public static Histogram<double> QueueTime { get; } = Meter.CreateHistogram<double>("macrocausal.queue.time", "s", "Time from a message's sending to its consumer");

    /// <summary>Seconds that a segment took from its message to its last report.</summary>
    public static Histogram<double> SegmentTime { get; } = Meter.CreateHistogram<double>("macrocausal.segment.time", "s", "Time from a segment's message to its last report");

    /// <summary>Epochs that were trained; their rate is epochs per second.</summary>
    public static Counter<long> Epochs { get; } = Meter.CreateCounter<long>("macrocausal.epochs", "{epoch}", "Epochs trained");

    /// <summary>Changes of trials, by <c>state</c>: running, paused, completed, stopped, failed.</summary>
    public static Counter<long> TrialChanges { get; } = Meter.CreateCounter<long>("macrocausal.trials", "{trial}", "Trials that came into a state");

    /// <summary>Studies that ended, by <c>outcome</c>: completed, failed.</summary>
    public static Counter<long> Studies { get; } = Meter.CreateCounter<long>("macrocausal.studies", "{study}", "Studies that ended");
}
