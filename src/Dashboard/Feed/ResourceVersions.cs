namespace MacroCausal.Dashboard.Feed;

/// <summary>
/// Which of the things that pages show have changed, and when: a fold of the stamps that were read. Resources are named as in addresses:
/// <c>studies</c>, <c>studies/{id}</c>, <c>models</c>.
/// </summary>
internal sealed class ResourceVersions
{
    /// <summary>The list of studies.</summary>
    public const string Studies = "studies";

    /// <summary>The registry.</summary>
    public const string Models = "models";

    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private Dictionary<string, string> _stamps = new(StringComparer.Ordinal);

    /// <summary>Counts the looks that found a change, from 1.</summary>
    public long Version { get; private set; }

    /// <summary>The present stamp of a study; null where there is none.</summary>
    public string? StampOf(string executionId) => _stamps.GetValueOrDefault(OfStudy(executionId));

    /// <summary>Name of a study's resource.</summary>
    public static string OfStudy(string executionId) => $"{Studies}/{executionId}";

    /// <summary>Records what was read. True where anything has changed.</summary>
    /// <param name="studies">Stamps of all studies by execution id.</param>
    /// <param name="models">Stamp of the registry.</param>
    public bool Record(IReadOnlyDictionary<string, string> studies, string models)
    {
        var stamps = studies.ToDictionary(study => OfStudy(study.Key), study => study.Value, StringComparer.Ordinal);
        stamps.Add(Models, models);
        var changed = stamps.Keys.Union(_stamps.Keys).Where(name => stamps.GetValueOrDefault(name) != _stamps.GetValueOrDefault(name))
            .SelectMany(WithWhatShowsIt).ToHashSet(StringComparer.Ordinal);
        _stamps = stamps;
        if (changed.Count == 0) return false;

        Version++;
        foreach (var name in changed)
        {
            _versions[name] = Version;
        }

        return true;
    }

    /// <summary>What has changed after a version, in ordinal order; null where that version is none of this process.</summary>
    public IReadOnlyList<string>? ChangedSince(long version) => version < 0 || version > Version
        ? null
        : [.. _versions.Where(resource => resource.Value > version).Select(resource => resource.Key).Order(StringComparer.Ordinal)];

    // A study stands in the list, and a fold on the page of the study that it judges.
    private static IEnumerable<string> WithWhatShowsIt(string name)
    {
        yield return name;
        if (name == Models) yield break;
        yield return Studies;
        if (WalkForwardFold.StudyOf(name[(Studies.Length + 1)..]) is { } judged)
        {
            yield return OfStudy(judged);
        }
    }
}
