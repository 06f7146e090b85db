using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;

namespace MacroCausal.Deploy.Tests.Names;

/// <summary>A queue that a configured bus receives from, with the topics that it is subscribed to.</summary>
internal sealed record Endpoint(string Queue, IReadOnlyList<string> Topics)
{
    /// <summary>
    /// The endpoints as the bus describes itself; its own temporary queue, which exists only while somebody waits for an answer, is left
    /// out.
    /// </summary>
    public static IReadOnlyList<Endpoint> Of(IBusControl bus)
    {
        var probe = JsonSerializer.SerializeToNode(bus.GetProbeResult().Results)!;
        var endpoints = probe["bus"]!["host"]!["receiveEndpoint"]!.AsArray().Select(endpoint => endpoint!["receiveTransport"]!);
        return [.. endpoints.Where(transport => (bool)transport["durable"]!).Select(Read)
            .OrderBy(endpoint => endpoint.Queue, StringComparer.Ordinal)];
    }

    private static Endpoint Read(JsonNode transport) =>
        new((string)transport["queueName"]!, [.. transport["topics"]!.AsArray().Select(topic => (string)topic!)]);
}
