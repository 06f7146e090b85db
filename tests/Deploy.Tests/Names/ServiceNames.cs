using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;

namespace MacroCausal.Deploy.Tests.Names;

/// <summary>What one service does with queues and topics.</summary>
public sealed record ServiceNames(string Service)
{
    /// <summary>Queues that it receives from.</summary>
    public required IReadOnlyList<string> Receives { get; init; }

    /// <summary>Queues that it sends commands to, not counting where failed messages are moved.</summary>
    public required IReadOnlyList<string> Sends { get; init; }

    /// <summary>Topics that it may publish to, those of faults among them.</summary>
    public required IReadOnlyList<string> Publishes { get; init; }

    /// <summary>Subscriptions of its queues.</summary>
    public required IReadOnlyList<Subscription> Subscriptions { get; init; }

    /// <summary>Where it moves messages whose consumer failed permanently.</summary>
    public required IReadOnlyList<string> ErrorQueues { get; init; }

    /// <summary>Where it moves messages that none of its consumers knows.</summary>
    public required IReadOnlyList<string> SkippedQueues { get; init; }

    /// <summary>Reads the configured bus for what is received, the assembly's code for what is sent and published.</summary>
    public static ServiceNames Of(ServiceBus service)
    {
        var bus = service.Configured();
        var endpoints = Endpoint.Of(bus);
        var topology = bus.Topology;
        var consumed = endpoints.SelectMany(endpoint => endpoint.Topics).Select(topic => MessageTypes.Of(topology, topic)).ToList();
        return new ServiceNames(service.Service)
        {
            Receives = [.. endpoints.Select(endpoint => endpoint.Queue)],
            Sends = [.. SentMessages.By(service.Assembly, "Send").Select(MessageTypes.QueueOf).Distinct()],
            Publishes =
            [
                .. SentMessages.By(service.Assembly, "Publish").Select(type => MessageTypes.Topic(topology, type)),
                .. consumed.Select(type => MessageTypes.Topic(topology, typeof(Fault<>).MakeGenericType(type))),
                MessageTypes.Topic(topology, typeof(ReceiveFault)),
            ],
            Subscriptions = [.. endpoints.SelectMany(endpoint => endpoint.Topics.Select(topic => new Subscription(topic, endpoint.Queue)))],
            ErrorQueues =
                [.. endpoints.Select(endpoint => topology.SendTopology.ErrorQueueNameFormatter.FormatErrorQueueName(endpoint.Queue))],
            SkippedQueues =
                [.. endpoints.Select(endpoint =>
                    topology.SendTopology.DeadLetterQueueNameFormatter.FormatDeadLetterQueueName(endpoint.Queue))],
        };
    }
}

/// <summary>That what is published to a topic is delivered into a queue.</summary>
public sealed record Subscription(string Topic, string Queue);

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
