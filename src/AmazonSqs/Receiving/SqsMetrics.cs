using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>What an operator sees of the endpoints of this process.</summary>
public static class SqsMetrics
{
    /// <summary>The name of the meter: <c>MacroCausal.AmazonSqs</c>.</summary>
    public const string MeterName = "MacroCausal.AmazonSqs";

    private static readonly ConcurrentDictionary<Endpoint, byte> Endpoints = new(ReferenceEqualityComparer.Instance);
    private static readonly Meter Meter = new(MeterName);

    static SqsMetrics() => Meter.CreateObservableGauge(
        "macrocausal.free_slots",
        () => Endpoints.Keys.Select(endpoint => endpoint.Measure()),
        "{slot}",
        "Messages that an endpoint could take at once besides those that it consumes");

    /// <summary>Shows an endpoint until the answer is disposed.</summary>
    internal static IDisposable AddEndpoint(string queue, Func<int> freeSlots)
    {
        var endpoint = new Endpoint(queue, freeSlots);
        Endpoints.TryAdd(endpoint, 0);
        return endpoint;
    }

    private sealed record Endpoint(string Queue, Func<int> FreeSlots) : IDisposable
    {
        public Measurement<int> Measure() => new(FreeSlots(), KeyValuePair.Create<string, object?>("queue", Queue));

        public void Dispose() => Endpoints.TryRemove(this, out _);
    }
}
