namespace MacroCausal.Deploy.Tests.Names;

/// <summary>
/// Every queue, topic and subscription that the four services need, and who does what with them: read from the services' configured buses
/// and from their assemblies, never listed.
/// </summary>
public static class BusNames
{
    private static readonly Lazy<IReadOnlyList<ServiceNames>> Known = new(() => [.. ServiceBuses.All.Select(ServiceNames.Of)]);

    /// <summary>The services, in the order of a study.</summary>
    public static IReadOnlyList<ServiceNames> Services => Known.Value;

    /// <summary>The queues that a service receives from, in order.</summary>
    public static IReadOnlyList<string> Queues => Sorted(Services.SelectMany(service => service.Receives));

    /// <summary>Where a queue's messages go whose consumer failed permanently, one a queue.</summary>
    public static IReadOnlyList<string> ErrorQueues => Sorted(Services.SelectMany(service => service.ErrorQueues));

    /// <summary>Where a queue's messages go that none of its consumers knows, one a queue.</summary>
    public static IReadOnlyList<string> SkippedQueues => Sorted(Services.SelectMany(service => service.SkippedQueues));

    /// <summary>All queues: those of the consumers, their <c>_error</c> and <c>_skipped</c>.</summary>
    public static IReadOnlyList<string> AllQueues => Sorted([.. Queues, .. ErrorQueues, .. SkippedQueues]);

    /// <summary>All topics: published to or subscribed to.</summary>
    public static IReadOnlyList<string> Topics =>
        Sorted(Services.SelectMany(service => service.Publishes.Concat(service.Subscriptions.Select(subscription => subscription.Topic))));

    /// <summary>Which topics deliver into which queues.</summary>
    public static IReadOnlyList<Subscription> Subscriptions => [.. Services.SelectMany(service => service.Subscriptions).Distinct()];

    /// <summary>One service by its name: <c>data-prep</c>, <c>tuner</c>, <c>trial-runner</c> or <c>registry</c>.</summary>
    public static ServiceNames Service(string name) => Services.Single(service => service.Service == name);

    private static string[] Sorted(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];
}
