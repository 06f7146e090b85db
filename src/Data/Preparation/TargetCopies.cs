using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Preparation;

/// <summary>Columns that together give the target almost exactly.</summary>
/// <param name="Columns">Their names.</param>
/// <param name="RSquared">Share of the target's variance that a linear fit on the training rows explains.</param>
internal sealed record TargetCopy(IReadOnlyList<string> Columns, double RSquared);

/// <summary>
/// Searches the training rows for columns that reproduce the target: one, a pair, or a sum of a few. A persistent series is nearly
/// reproduced by its own last value, which is no leakage: so what is left must also be far smaller than the target's step from row to row.
/// </summary>
internal static class TargetCopies
{
    private const int MinRows = 20;
    private const int MaxPairColumns = 400;
    private const int MaxSumColumns = 8;
    private const double MaxUnexplained = 1e-4;
    private const double MaxShareOfStep = 1e-2;

    /// <summary>The copies that were found; those of one column, else one pair, else one sum.</summary>
    public static IReadOnlyList<TargetCopy> Find(WarningInput input)
    {
        if (input.TrainRows < MinRows || Standardized(input.Target.AsSpan(0, input.TrainRows), out _) is not { } target) return [];
        var names = new List<string>();
        var columns = new List<double[]>();
        foreach (var (name, read) in input.Columns)
        {
            var values = read();
            if (Standardized(values.AsSpan(0, input.TrainRows), out var missing) is not { } column) continue;
            if (missing > input.TrainRows / 10) continue;
            names.Add(name);
            columns.Add(column);
        }

        var allowed = Math.Min(MaxUnexplained, MaxShareOfStep * StepVariance(target));
        var fits = columns.ConvertAll(column => Dot(column, target));
        var singles = Enumerable.Range(0, names.Count).Where(index => 1 - (fits[index] * fits[index]) < allowed).ToList();
        if (singles.Count > 0) return [.. singles.Select(index => new TargetCopy([names[index]], fits[index] * fits[index]))];
        if (Pair(columns, fits, allowed) is { } pair) return [new TargetCopy([names[pair.First], names[pair.Second]], pair.RSquared)];
        return Sum(columns, target, allowed) is { } sum
            ? [new TargetCopy([.. sum.Columns.Select(index => names[index])], sum.RSquared)]
            : [];
    }

    // R2 of two standardized columns with correlations a, b to the target and c to each other: (a2 + b2 - 2abc) / (1 - c2).
    private static (int First, int Second, double RSquared)? Pair(List<double[]> columns, List<double> fits, double allowed)
    {
        var near = Enumerable.Range(0, columns.Count).OrderByDescending(index => Math.Abs(fits[index])).Take(MaxPairColumns).ToList();
        (int First, int Second, double RSquared)? best = null;
        for (var i = 0; i < near.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b, c) = (fits[near[i]], fits[near[j]], Dot(columns[near[i]], columns[near[j]]));
                if (1 - (c * c) < 1e-6) continue;
                var explained = ((a * a) + (b * b) - (2 * a * b * c)) / (1 - (c * c));
                if (1 - explained < allowed && explained > (best?.RSquared ?? 0))
                {
                    best = (Math.Min(near[i], near[j]), Math.Max(near[i], near[j]), Math.Min(1, explained));
                }
            }
        }

        return best;
    }

    // Orthogonal matching pursuit: the column nearest to what is left, made orthogonal to those before it.
    private static (IReadOnlyList<int> Columns, double RSquared)? Sum(List<double[]> columns, double[] target, double allowed)
    {
        var left = target.ToArray();
        List<int> chosen = [];
        List<double[]> basis = [];
        while (chosen.Count < Math.Min(MaxSumColumns, columns.Count))
        {
            var next = Enumerable.Range(0, columns.Count).Except(chosen).MaxBy(index => Math.Abs(Dot(columns[index], left)));
            var direction = columns[next].ToArray();
            foreach (var known in basis)
            {
                Subtract(direction, known, Dot(direction, known));
            }

            var length = Math.Sqrt(Dot(direction, direction));
            if (length < 1e-4) return null;
            Divide(direction, length);
            Subtract(left, direction, Dot(left, direction));
            chosen.Add(next);
            basis.Add(direction);
            if (Dot(left, left) < allowed) return ([.. chosen.Order()], 1 - Dot(left, left));
        }

        return null;
    }

    private static void Subtract(double[] from, double[] direction, double share)
    {
        for (var row = 0; row < from.Length; row++)
        {
            from[row] -= share * direction[row];
        }
    }

    private static void Divide(double[] values, double divisor)
    {
        for (var row = 0; row < values.Length; row++)
        {
            values[row] /= divisor;
        }
    }

    // Mean 0 and length 1, so that a product of two is their correlation; a missing cell counts as the mean. Null for a constant.
    private static double[]? Standardized(ReadOnlySpan<double> values, out int missing)
    {
        var present = values.ToArray().Where(double.IsFinite).ToArray();
        missing = values.Length - present.Length;
        var moments = Moments.Of(present);
        if (present.Length == 0 || moments.Scale == 0 || !double.IsFinite(moments.Scale)) return null;
        var standardized = new double[values.Length];
        for (var row = 0; row < values.Length; row++)
        {
            standardized[row] = double.IsFinite(values[row]) ? (values[row] - moments.Mean) / moments.Scale : 0;
        }

        Divide(standardized, Math.Sqrt(Dot(standardized, standardized)));
        return standardized;
    }

    // Variance of the step from row to row as a share of the target's own.
    private static double StepVariance(double[] target)
    {
        var sum = 0.0;
        for (var row = 1; row < target.Length; row++)
        {
            sum += Math.Pow(target[row] - target[row - 1], 2);
        }

        return sum;
    }
}
