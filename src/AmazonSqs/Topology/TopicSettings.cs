using System.Collections.ObjectModel;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>A topic as the configuration wants it.</summary>
internal sealed record TopicSettings(string Name)
{
    /// <summary>SNS attributes, encryption among them (<c>KmsMasterKeyId</c>).</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
