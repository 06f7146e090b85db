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

    // Everybody has the same level times its weight, within one and what it wants; what is no whole number goes to the largest fractions.
    private static IEnumerable<(string Id, long Share)> Divide(long quota, IEnumerable<Demand> demands)
    {
        var ordered = demands.OrderByDescending(demand => demand.Id, StringComparer.Ordinal).ToList();
        var level = LevelOf(quota, ordered);
        var shares = ordered.Select(demand => (Demand: demand, Exact: demand.At(level), Share: (long)demand.At(level)))
            .OrderByDescending(share => share.Exact - share.Share).ThenByDescending(share => share.Demand.Weight).ToList();
        var left = quota - shares.Sum(share => share.Share);
        foreach (var (demand, _, share) in shares)
        {
            var more = left > 0 && share < demand.Most ? 1 : 0;
            left -= more;
            yield return (demand.Id, share + more);
        }
    }

    // The level at which the shares come to the quota. Between the levels at which somebody has one, or all that it wants, their sum is a
    // straight line.
    private static double LevelOf(long quota, List<Demand> demands)
    {
        double[] levels = [.. demands.SelectMany(demand => new[] { 1 / demand.Weight, demand.Most / demand.Weight }).Order()];
        double SumAt(int index) => demands.Sum(demand => demand.At(levels[index]));
        var (low, high) = (0, levels.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = SumAt(middle) < quota ? (middle + 1, high) : (low, middle);
        }

        if (low == 0) return levels[0];
        var (below, above) = (SumAt(low - 1), SumAt(low));
        if (above <= quota) return levels[low];
        return levels[low - 1] + ((quota - below) / (above - below) * (levels[low] - levels[low - 1]));
    }

    private readonly record struct Demand(string Id, long Most, double Weight)
    {
        /// <summary>Its share at a level, from 1 to what it wants.</summary>
        public double At(double level) => Math.Clamp(level * Weight, 1, Most);
    }
}

/// <summary>What a study could have out.</summary>
/// <param name="Segments">How many segments, 1 or more.</param>
/// <param name="Priority">The study's <see cref="StudySettings.Priority"/>.</param>
public readonly record struct SegmentDemand(int Segments, int Priority = 0);
