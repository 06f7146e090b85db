using System.Text.RegularExpressions;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>The names that SQS and SNS take.</summary>
internal static partial class EntityNames
{
    public const int MaxQueueLength = 80;
    public const int MaxTopicLength = 256;

    /// <summary>What is wrong with a queue's name, or null.</summary>
    public static string? RefuseQueue(string? name) => Refuse("queue", name, MaxQueueLength);

    /// <summary>What is wrong with a topic's name, or null.</summary>
    public static string? RefuseTopic(string? name) => Refuse("topic", name, MaxTopicLength);

    private static string? Refuse(string kind, string? name, int maxLength)
    {
        if (name?.EndsWith(".fifo", StringComparison.OrdinalIgnoreCase) == true) return $"The {kind} '{name}' is FIFO, which this transport does not speak. Use a standard {kind}.";
        if (name?.Length > maxLength) return $"The name of the {kind} '{name}' has {name.Length} characters; AWS takes {maxLength}. Shorten it, with an endpoint name formatter for instance.";
        if (name is null || !Allowed().IsMatch(name)) return $"AWS refuses '{name}' as a {kind}'s name: letters, digits, '-' and '_' only, at least one. Rename the {kind}.";
        return null;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex Allowed();
}
