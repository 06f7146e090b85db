using System.Collections.ObjectModel;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>A queue as the configuration wants it.</summary>
/// <param name="Name">Its name, valid for SQS.</param>
/// <param name="MayCreate">False for a queue that only its owner may create, as the one that a request's answer goes to: where the owner is gone, nobody would ever delete it.</param>
internal sealed record QueueSettings(string Name, bool MayCreate = true)
{
    /// <summary>SQS attributes, encryption among them (<c>KmsMasterKeyId</c>, <c>SqsManagedSseEnabled</c>).</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
