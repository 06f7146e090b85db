namespace MacroCausal.Tuner.Sharing;

/// <summary>
/// How many segments each study may have out, so that no study keeps the others waiting: max-min fairness. Every study gets the same share
/// of the quota; what one does not want goes to those that want more. A study and its folds are one. Pure: whoever knows the same demands
/// comes to the same shares.
/// </summary>
public static class FairShares
{
    /// <summary>
    /// The share of every study, from 1 to what it wants. Together they are the quota at most, or one each where there are more studies
    /// than it.
    /// </summary>
    /// <param name="quota">Maximum number of segments of all studies together, 1 or more.</param>
    /// <param name="wanted">How many segments each study could have out, 1 or more, by execution id.</param>
    public static IReadOnlyDictionary<string, int> Of(int quota, IReadOnlyDictionary<string, int> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var studies = wanted.GroupBy(study => WalkForwardFold.StudyOf(study.Key) ?? study.Key, StringComparer.Ordinal)
            .ToDictionary(study => study.Key, study => study.ToList());
        return Divide(quota, studies.Select(study => KeyValuePair.Create(study.Key, study.Value.Sum(part => (long)part.Value))))
            .SelectMany(share => Divide(share.Share, studies[share.Id].Select(part => KeyValuePair.Create(part.Key, (long)part.Value))))
            .ToDictionary(share => share.Id, share => (int)share.Share, StringComparer.Ordinal);
    }

    // Those that want least first: what they leave is divided among the others.
    private static IEnumerable<(string Id, long Share)> Divide(long quota, IEnumerable<KeyValuePair<string, long>> wanted)
    {
        var ordered = wanted.OrderBy(study => study.Value).ThenBy(study => study.Key, StringComparer.Ordinal).ToList();
        foreach (var (index, (id, most)) in ordered.Index())
        {
            var share = Math.Min(most, Math.Max(1, quota / (ordered.Count - index)));
            quota = Math.Max(0, quota - share);
            yield return (id, share);
        }
    }
}
