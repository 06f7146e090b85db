namespace MacroCausal.Tuner.Sharing;

/// <summary>
/// How many segments each study may have out, so that no study keeps the others waiting: weighted max-min fairness. Studies of the same
/// priority get the same share of the quota, each step of priority doubles it; what one does not want goes to those that want more. A study
/// and its folds are one. Pure: whoever knows the same demands comes to the same shares.
/// </summary>
public static class FairShares
{
    /// <summary>
    /// The share of every study, from 1 to what it wants. Together they are the quota at most, or one each where there are more studies
    /// than it.
    /// </summary>
    /// <param name="quota">Maximum number of segments of all studies together, 1 or more.</param>
    /// <param name="wanted">What each study could have out, by execution id.</param>
    public static IReadOnlyDictionary<string, int> Of(int quota, IReadOnlyDictionary<string, SegmentDemand> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var studies = wanted.GroupBy(study => WalkForwardFold.StudyOf(study.Key) ?? study.Key, StringComparer.Ordinal)
            .ToDictionary(study => study.Key, study => study.ToList());
        return Divide(quota, studies.Select(study => new Demand(study.Key, study.Value.Sum(part => (long)part.Value.Segments),
                Math.Pow(2, study.Value.Max(part => part.Value.Priority)))))
            .SelectMany(share => Divide(share.Share, studies[share.Id].Select(part => new Demand(part.Key, part.Value.Segments, 1))))
            .ToDictionary(share => share.Id, share => (int)share.Share, StringComparer.Ordinal);
    }

    // Those that want least for their weight first: what they leave is divided among the others, and each of these keeps one.
    private static IEnumerable<(string Id, long Share)> Divide(long quota, IEnumerable<Demand> demands)
    {
        var ordered = demands.OrderBy(demand => demand.Most / demand.Weight).ThenBy(demand => demand.Id, StringComparer.Ordinal).ToList();
        var shares = new long[ordered.Count];
        for (var index = 0; index < shares.Length; index++)
        {
            var part = quota * ordered[index].Weight / ordered.Skip(index).Sum(left => left.Weight);
            var most = Math.Min(ordered[index].Most, quota - (shares.Length - index - 1));
            shares[index] = Math.Max(1, Math.Min(most, (long)part));
            quota = Math.Max(0, quota - shares[index]);
        }

        // What rounding has left over.
        for (var index = 0; index < shares.Length; index++)
        {
            var more = Math.Min(quota, ordered[index].Most - shares[index]);
            shares[index] += more;
            quota -= more;
            yield return (ordered[index].Id, shares[index]);
        }
    }

    private readonly record struct Demand(string Id, long Most, double Weight);
}

/// <summary>What a study could have out.</summary>
/// <param name="Segments">How many segments, 1 or more.</param>
/// <param name="Priority">The study's <see cref="StudySettings.Priority"/>.</param>
public readonly record struct SegmentDemand(int Segments, int Priority = 0);
