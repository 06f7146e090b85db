using MassTransit;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>
/// The address of a queue or a topic: <c>amazonsqs://eu-west-1/start-training</c>,
/// <c>amazonsqs://eu-west-1/MacroCausal_Contracts-StartTraining?type=topic</c>. A host's scope comes before the name: as a folder of a
/// queue's address, as a prefix of a topic's name.
/// </summary>
internal sealed record SqsAddress(Uri Host, string Name, bool IsTopic = false, bool Durable = true, bool AutoDelete = false)
{
    public const string Scheme = "amazonsqs";

    /// <exception cref="TransportException">The address belongs to another transport, or AWS refuses its name.</exception>
    public static SqsAddress Parse(Uri host, Uri address)
    {
        var parsed = WithOptions(address.Scheme switch
        {
            Scheme => new SqsAddress(host, address.Segments[^1].Trim('/')),
            "queue" => new SqsAddress(host, address.AbsolutePath.Trim('/')),
            "topic" => new SqsAddress(host, ScopePrefix(host) + address.AbsolutePath.Trim('/'), IsTopic: true),
            _ => throw new TransportException(address, $"The scheme '{address.Scheme}' is not one of amazonsqs, queue, topic."),
        }, address);
        var error = parsed.IsTopic ? EntityNames.TopicNameError(parsed.Name) : EntityNames.QueueNameError(parsed.Name);
        return error is null ? parsed : throw new TransportException(address, error);
    }

    /// <summary>The prefix of topic names in a host's scope: the scope and <c>_</c>, or nothing.</summary>
    public static string ScopePrefix(Uri host) => host.AbsolutePath.Trim('/') is { Length: > 0 } scope ? scope + "_" : "";

    public Uri ToUri()
    {
        var path = IsTopic ? Name : $"{Host.AbsolutePath.TrimEnd('/')}/{Name}";
        var options = new[] { Durable ? null : "durable=false", AutoDelete ? "autodelete=true" : null, IsTopic ? "type=topic" : null };
        return new UriBuilder(Scheme, Host.Host, -1, path) { Query = string.Join('&', options.OfType<string>()) }.Uri;
    }

    private static SqsAddress WithOptions(SqsAddress parsed, Uri address)
    {
        foreach (var option in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            parsed = option.ToLowerInvariant() switch
            {
                "durable=false" => parsed with { Durable = false },
                "autodelete=true" => parsed with { AutoDelete = true },
                "temporary=true" => parsed with { AutoDelete = true, Durable = false },
                "type=topic" => parsed with { IsTopic = true },
                _ => parsed,
            };
        }

        return parsed;
    }
}
