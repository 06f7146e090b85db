namespace MacroCausal.Reporting.Statistics;

/// <summary>
/// How much each hyperparameter decides on which trials are the best, by PED-ANOVA (Watanabe, Bansal, Hutter, "PED-ANOVA: Efficiently
/// Quantifying Hyperparameter Importance in Arbitrary Subspaces", IJCAI 2023). With gamma the share of the best trials, p the density of a
/// hyperparameter among all trials and q that among the best, its main effect on "is among the best" has the variance
/// gamma^2 * integral of p (q / p - 1)^2, of gamma (1 - gamma) in all. Densities are Gaussian kernels, reflected at the ends, of one
/// bandwidth (Scott's of the best trials), so that no quotient is above 1 / gamma; of categories they are counts.
/// </summary>
internal static class PedAnova
{
    /// <summary>Trials that are needed at least.</summary>
    public const int MinTrials = 20;

    /// <summary>Share of the trials that are the best ones.</summary>
    public const double BestShare = 0.1;

    /// <summary>Random sets of trials that say what chance gives.</summary>
    public const int Draws = 200;

    private const int MinBest = 5;
    private const int Cells = 100;

    /// <summary>How many of the trials are the best ones.</summary>
    public static int BestCount(int trials) => Math.Max(MinBest, (int)Math.Ceiling(BestShare * trials));

    /// <summary>The importance of every hyperparameter, in their order.</summary>
    /// <param name="dimensions">The hyperparameters' values, one a trial.</param>
    /// <param name="losses">The losses of the trials; of equal ones the earlier counts as better.</param>
    /// <param name="seed">Seed of the random sets.</param>
    public static IReadOnlyList<Importance> Of(IReadOnlyList<HyperparameterValues> dimensions, IReadOnlyList<double> losses, long seed)
    {
        var cells = dimensions.Select(dimension => dimension.ToCells(Cells)).ToArray();
        var count = BestCount(losses.Count);
        int[] best = [.. Enumerable.Range(0, losses.Count).OrderBy(trial => losses[trial]).Take(count)];
        var shares = dimensions.Select((dimension, index) => Share(dimension, cells[index], best)).ToArray();
        var sum = shares.Sum();
        var chance = Chance(dimensions, cells, losses.Count, count, seed);
        return [.. shares.Select((share, index) => new Importance(
            share, sum > 0 ? share / sum : 0, chance[index].Average(), Quantile(chance[index], 0.95)))];
    }

    // The share of the variance of "is among the best" that the main effect of a hyperparameter explains.
    private static double Share(HyperparameterValues dimension, int[] cells, int[] best)
    {
        var gamma = best.Length / (double)cells.Length;
        if (gamma >= 1) return 0;
        int[] own = Array.ConvertAll(best, trial => cells[trial]);
        var (all, some) = (Counts(cells, dimension.CellCount(Cells)), Counts(own, dimension.CellCount(Cells)));
        if (!dimension.IsCategory)
        {
            var kernel = new ReflectedKernel(Cells, Bandwidth(Array.ConvertAll(best, trial => dimension.Values[trial])));
            (all, some) = (kernel.Smooth(all), kernel.Smooth(some));
        }

        var divergence = all.Zip(some, (p, q) => p > 0 ? p * Math.Pow((q / p) - 1, 2) : 0).Sum();
        return gamma / (1 - gamma) * divergence;
    }

    private static double[][] Chance(
        IReadOnlyList<HyperparameterValues> dimensions, int[][] cells, int trials, int count, long seed)
    {
        var chance = dimensions.Select(_ => new double[Draws]).ToArray();
        var order = Enumerable.Range(0, trials).ToArray();
        var state = unchecked((ulong)seed);
        for (var draw = 0; draw < Draws; draw++)
        {
            // The first places of a shuffle (Fisher and Yates).
            for (var place = 0; place < count; place++)
            {
                state += SplitMix64.GoldenRatio;
                var other = place + (int)((SplitMix64.Mix(state) >> 11) * (1.0 / (1L << 53)) * (trials - place));
                (order[place], order[other]) = (order[other], order[place]);
            }

            var drawn = order[..count];
            for (var index = 0; index < dimensions.Count; index++)
            {
                chance[index][draw] = Share(dimensions[index], cells[index], drawn);
            }
        }

        return chance;
    }

    private static double[] Counts(int[] cells, int count)
    {
        var counts = new double[count];
        foreach (var cell in cells)
        {
            counts[cell] += 1.0 / cells.Length;
        }

        return counts;
    }

    // Scott's rule; a cell at least, as nothing narrower can be seen.
    private static double Bandwidth(double[] values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, values.Length - 1));
        return Math.Max(1.059 * deviation * Math.Pow(values.Length, -0.2), 1.0 / Cells);
    }

    private static double Quantile(double[] values, double probability)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(probability * sorted.Length) - 1)];
    }
}

/// <summary>What PED-ANOVA says of a hyperparameter.</summary>
/// <param name="Share">Share of the variance of "is among the best trials" that it explains by itself, 0 to 1.</param>
/// <param name="Relative">The same, as a part of the sum over all hyperparameters.</param>
/// <param name="Chance">Mean share of random sets of trials.</param>
/// <param name="ChanceHigh">The share that random sets exceed once in twenty times.</param>
internal readonly record struct Importance(double Share, double Relative, double Chance, double ChanceHigh);

/// <summary>The values of a hyperparameter: places in its range, 0 to 1, or numbers of categories from 0.</summary>
/// <param name="Values">One a trial.</param>
/// <param name="Categories">Number of categories; 0 for a range.</param>
internal sealed record HyperparameterValues(double[] Values, int Categories = 0)
{
    public bool IsCategory => Categories > 0;

    public int CellCount(int cells) => IsCategory ? Categories : cells;

    public int[] ToCells(int cells) => Array.ConvertAll(Values, value => IsCategory
        ? (int)value
        : Math.Clamp((int)(value * cells), 0, cells - 1));
}

/// <summary>A Gaussian kernel on equal cells from 0 to 1; what it would put outside is reflected, so that all of it stays inside.</summary>
internal sealed class ReflectedKernel
{
    private readonly double[] _weights;
    private readonly int _cells;

    public ReflectedKernel(int cells, double bandwidth)
    {
        _cells = cells;
        _weights = [.. Enumerable.Range(0, 2 * cells).Select(distance => Math.Exp(-0.5 * Math.Pow(distance / (bandwidth * cells), 2)))];
    }

    public double[] Smooth(double[] counts)
    {
        var smooth = new double[_cells];
        for (var from = 0; from < _cells; from++)
        {
            if (counts[from] == 0) continue;
            var total = 0.0;
            for (var to = 0; to < _cells; to++)
            {
                total += Weight(from, to);
            }

            for (var to = 0; to < _cells; to++)
            {
                smooth[to] += counts[from] * Weight(from, to) / total;
            }
        }

        return smooth;
    }

    private double Weight(int from, int to) =>
        _weights[Math.Abs(from - to)] + _weights[from + to + 1] + _weights[(2 * _cells) - 1 - from - to];
}
