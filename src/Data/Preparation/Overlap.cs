using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>
/// Finds out from the training rows whether the target lies several rows ahead: whether it is a column some rows later, or that column's
/// change or growth until then. Then the targets of the last training rows lie among the validation rows.
/// </summary>
internal static class Overlap
{
    private const int MaxAhead = 24;
    private const int MinRows = 20;
    private const int MaxRows = 512;
    private const double MaxUnexplained = 1e-4;
    private const double MaxShareOfStep = 1e-2;

    private static readonly (string Words, Func<double, double, double> Of)[] Relations =
    [
        ("'{0}' {1} rows later", (_, later) => later),
        ("the change of '{0}' over the next {1} rows", (now, later) => later - now),
        ("the growth of '{0}' over the next {1} rows", (now, later) => later / now),
        ("the logarithmic growth of '{0}' over the next {1} rows", (now, later) => Math.Log(later / now)),
    ];

    /// <summary>A warning where so many rows ahead are found that more would have to be left out before a cut than are.</summary>
    public static IEnumerable<string> Warnings(WarningInput input)
    {
        if (input.TrainRows < MinRows) yield break;
        var pairs = Enumerable.Range(0, MaxAhead + 1).Select(ahead => ahead == 0 ? [] : Pairs(input, ahead)).ToList();
        var allowed = Math.Min(MaxUnexplained, MaxShareOfStep * StepShare(input.Target, pairs[1]));
        foreach (var (name, read) in input.Columns)
        {
            var values = read();
            for (var ahead = 1; ahead <= MaxAhead; ahead++)
            {
                var words = Relations.Where(relation => Unexplained(input.Target, values, pairs[ahead], relation.Of) < allowed)
                    .Select(relation => relation.Words).FirstOrDefault();
                if (words is null) continue;
                if (ahead - 1 <= input.LeftOut) yield break;
                yield return $"The target '{input.TargetName}' is " +
                    string.Format(System.Globalization.CultureInfo.InvariantCulture, words, name, ahead) +
                    Invariant($" on the training rows, so the targets of the last {ahead - 1} lie among the validation rows. ") +
                    Invariant($"Say --horizon {ahead} (horizon), and they are left out.");
                yield break;
            }
        }
    }

    // A training row and the one so many rows later in its group, which trains too; of many, some that are spread evenly.
    private static (int Now, int Later)[] Pairs(WarningInput input, int ahead)
    {
        var pairs = new List<(int, int)>();
        var members = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var row = 0; row < input.TrainRows; row++)
        {
            var group = input.Groups?[row] ?? "";
            if (!members.TryGetValue(group, out var list)) members[group] = list = [];
            list.Add(row);
            if (list.Count > ahead) pairs.Add((list[^(ahead + 1)], row));
        }

        var count = Math.Min(pairs.Count, MaxRows);
        return [.. Enumerable.Range(0, count).Select(index => pairs[(int)((long)index * pairs.Count / count)])];
    }

    // The share of the target's variance that a straight line of the relation leaves; 1 where there are too few rows.
    private static double Unexplained(
        double[] target, double[] column, (int Now, int Later)[] pairs, Func<double, double, double> relation)
    {
        var known = pairs.Select(pair => (X: relation(column[pair.Now], column[pair.Later]), Y: target[pair.Now]))
            .Where(pair => double.IsFinite(pair.X)).ToList();
        if (known.Count < MinRows || known.Count < 0.9 * pairs.Length) return 1;
        var (meanX, meanY) = (known.Average(pair => pair.X), known.Average(pair => pair.Y));
        var (xx, yy, xy) = (0.0, 0.0, 0.0);
        foreach (var (x, y) in known)
        {
            xx += (x - meanX) * (x - meanX);
            yy += (y - meanY) * (y - meanY);
            xy += (x - meanX) * (y - meanY);
        }

        return xx > 0 && yy > 0 ? 1 - (xy * xy / (xx * yy)) : 1;
    }

    private static double StepShare(double[] target, (int Now, int Later)[] pairs)
    {
        if (pairs.Length == 0) return 0;
        var mean = pairs.Average(pair => target[pair.Now]);
        var variance = pairs.Average(pair => Math.Pow(target[pair.Now] - mean, 2));
        return variance > 0 ? pairs.Average(pair => Math.Pow(target[pair.Later] - target[pair.Now], 2)) / variance : 0;
    }
}
