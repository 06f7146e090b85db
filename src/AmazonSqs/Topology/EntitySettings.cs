using System.Collections.ObjectModel;
using System.Text.RegularExpressions;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>A queue as configured.</summary>
/// <param name="Name">Its name, valid for SQS.</param>
/// <param name="CanCreate">
/// False for a queue that only its owner may create, such as the one that receives responses: where the owner is gone, nobody would delete
/// it.
/// </param>
internal sealed record QueueSettings(string Name, bool CanCreate = true)
{
    /// <summary>SQS attributes, encryption among them (<c>KmsMasterKeyId</c>, <c>SqsManagedSseEnabled</c>).</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>A topic as configured.</summary>
internal sealed record TopicSettings(string Name)
{
    /// <summary>SNS attributes, encryption among them (<c>KmsMasterKeyId</c>).</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>A queue's subscription to a topic, as configured.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Attributes">The subscription's attributes; RawMessageDelivery among them.</param>
internal sealed record TopicSubscription(TopicSettings Topic, IReadOnlyDictionary<string, string> Attributes);

/// <summary>The rules of SQS and SNS for names.</summary>
internal static partial class EntityNames
{
    public const int MaxQueueLength = 80;
    public const int MaxTopicLength = 256;

    /// <summary>What is wrong with a queue's name, or null.</summary>
    public static string? QueueNameError(string? name) => NameError("queue", name, MaxQueueLength);

    /// <summary>What is wrong with a topic's name, or null.</summary>
    public static string? TopicNameError(string? name) => NameError("topic", name, MaxTopicLength);

    private static string? NameError(string kind, string? name, int maxLength)
    {
        if (name?.EndsWith(".fifo", StringComparison.OrdinalIgnoreCase) == true)
        {
            return $"The {kind} '{name}' is FIFO, which this transport does not support. Use a standard {kind}.";
        }

        if (name?.Length > maxLength)
        {
            return $"The name of the {kind} '{name}' has {name.Length} characters; AWS takes {maxLength}. "
                + "Shorten it, with an endpoint name formatter for instance.";
        }

        if (name is not null && Allowed().IsMatch(name)) return null;
        return $"AWS refuses '{name}' as a {kind}'s name: letters, digits, '-' and '_' only, at least one. Rename the {kind}.";
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex Allowed();
}
