using MassTransit;

namespace MacroCausal.Deploy.Tests.Names;

/// <summary>From a message's type to its topic or queue, and back.</summary>
internal static class MessageTypes
{
    private static readonly Uri AnyHost = new("amazonsqs://any");
    private static readonly Lazy<Dictionary<Type, string>> Commands =
        new(() => ServiceBuses.All.Select(service => service.Configured()).SelectMany(Consumed).ToDictionary());
    private static readonly Type[] Contracts =
        [.. typeof(StartTraining).Assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false })];

    /// <summary>The topic that the bus publishes a type to.</summary>
    public static string Topic(IBusTopology topology, Type type) =>
        topology.PublishTopology.TryGetPublishAddress(type, AnyHost, out var address)
        ? address!.AbsolutePath.Trim('/')
        : throw new InvalidOperationException($"The bus has no topic for {type}.");

    /// <summary>The type whose topic it is: a message of Contracts, or the fault of one.</summary>
    public static Type Of(IBusTopology topology, string topic) =>
        Contracts.Concat(Contracts.Select(type => typeof(Fault<>).MakeGenericType(type))).Single(type => Topic(topology, type) == topic);

    /// <summary>The queue that a command goes to: that of its only consumer.</summary>
    public static string QueueOf(Type command) => Commands.Value[command];

    private static IEnumerable<KeyValuePair<Type, string>> Consumed(IBusControl bus) =>
        Endpoint.Of(bus)
            .SelectMany(endpoint => endpoint.Topics.Select(topic => KeyValuePair.Create(Of(bus.Topology, topic), endpoint.Queue)));
}
