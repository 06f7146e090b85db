using MacroCausal.Data.Evaluation;

namespace MacroCausal.Reporting.Features;

/// <summary>Forecasts rows.</summary>
/// <param name="features">Scaled features, row-major, [M, F].</param>
/// <returns>The scaled target, [M].</returns>
public delegate float[] RowForecaster(ReadOnlySpan<float> features);

/// <summary>
/// How much the mean squared error rises when columns are shuffled over the rows (Breiman 2001; Fisher, Rudin, Dominici 2019), all others
/// left as they are. Blocks of neighbouring rows are shuffled, not single ones, so that a series stays as smooth as it is. For a model
/// that adds independent columns up the rise of column j is 2 b_j^2 var(x_j).
/// </summary>
internal static class PermutationImportance
{
    /// <summary>Samples that an interval is drawn from.</summary>
    private const int Samples = 500;

    // 16 MB of features at once.
    private const int MaxCells = 4_000_000;

    /// <summary>The rise for every group of columns, in their order.</summary>
    /// <param name="rows">The rows, in the order of time.</param>
    /// <param name="groups">Columns that are shuffled together.</param>
    /// <param name="forecast">The model.</param>
    /// <param name="repeats">Number of shuffles, 1 or more; every group meets the same ones.</param>
    /// <param name="blockRows">Rows of a block, 1 or more.</param>
    /// <param name="seed">Seed of the shuffles and of the samples.</param>
    public static IReadOnlyList<Rise> Of(
        LabelledRows rows, IReadOnlyList<IReadOnlyList<int>> groups, RowForecaster forecast, int repeats, int blockRows, int seed)
    {
        var samples = new RowSamples(rows.Count, seed);
        return [.. Parts(rows, groups, forecast, repeats, blockRows, seed).Select(parts => Of(parts, samples))];
    }

    /// <summary>The same without intervals.</summary>
    public static IReadOnlyList<double> MeansOf(
        LabelledRows rows, IReadOnlyList<IReadOnlyList<int>> groups, RowForecaster forecast, int repeats, int blockRows, int seed) =>
        [.. Parts(rows, groups, forecast, repeats, blockRows, seed).Select(Mean)];

    /// <summary>
    /// Rows in another order: cut into blocks, which are shuffled. Where the first block begins and where it is put are drawn, so every row
    /// is equally likely to get the values of any.
    /// </summary>
    internal static int[] Order(int rows, int blockRows, Random random)
    {
        int[] blocks = [.. Enumerable.Range(0, (rows + blockRows - 1) / blockRows)];
        random.Shuffle(blocks);
        var (from, to, place) = (random.Next(rows), random.Next(rows), 0);
        var order = new int[rows];
        IEnumerable<int> RowsOf(int block) => Enumerable.Range(block * blockRows, Math.Min(blockRows, rows - (block * blockRows)));
        foreach (var row in blocks.SelectMany(RowsOf))
        {
            order[(place++ + to) % rows] = (row + from) % rows;
        }

        return order;
    }

    private static IEnumerable<double[]> Parts(
        LabelledRows rows, IReadOnlyList<IReadOnlyList<int>> groups, RowForecaster forecast, int repeats, int blockRows, int seed)
    {
        var random = new Random(seed);
        var unchanged = rows.SquaredErrors(forecast(rows.Features));
        int[][] orders = [.. Enumerable.Range(0, repeats).Select(_ => Order(rows.Count, blockRows, random))];
        return groups.Select(group => Parts(rows, group, forecast, orders, unchanged));
    }

    // What every row has to do with the rise, as the one that is changed and as the one that lends its values: the rise is a mean over
    // pairs of rows, and both are drawn anew where other rows are. [N], twice the rise on average.
    private static double[] Parts(
        LabelledRows rows, IReadOnlyList<int> group, RowForecaster forecast, int[][] orders, double[] unchanged)
    {
        var parts = new double[rows.Count];
        var together = Math.Max(1, MaxCells / Math.Max(1, rows.Features.Length));
        foreach (var some in orders.Chunk(together))
        {
            var features = new float[some.Length * rows.Features.Length];
            foreach (var (place, order) in some.Index())
            {
                rows.Shuffled(group, order, features.AsSpan(place * rows.Features.Length, rows.Features.Length));
            }

            var forecasts = forecast(features);
            foreach (var (place, order) in some.Index())
            {
                var errors = rows.SquaredErrors(forecasts.AsSpan(place * rows.Count, rows.Count));
                for (var row = 0; row < errors.Length; row++)
                {
                    var rise = (errors[row] - unchanged[row]) / orders.Length;
                    parts[row] += rise;
                    parts[order[row]] += rise;
                }
            }
        }

        return parts;
    }

    private static double Mean(double[] parts) => parts.Average() / 2;

    private static Rise Of(double[] parts, RowSamples samples)
    {
        var mean = Mean(parts);
        double[] drawn = [.. samples.Means(parts).Order()];
        double Quantile(double share) => drawn[(int)Math.Round(share * (drawn.Length - 1))] - mean;
        return new Rise(mean, Quantile(0.025), Quantile(0.975));
    }

    // Samples of rows in blocks; series of similar block length have the same ones.
    private sealed class RowSamples(int rows, int seed)
    {
        private readonly Dictionary<int, int[][]> _byLength = [];

        public IEnumerable<double> Means(double[] values)
        {
            // A power of two, so that few lengths are drawn; rounded up, which errs to the side of too wide an interval.
            var length = 1 << (int)Math.Ceiling(Math.Log2(BlockBootstrap.Length(values)));
            if (!_byLength.TryGetValue(length, out var samples))
            {
                var random = new Random(seed ^ length);
                samples = [.. Enumerable.Range(0, Samples).Select(_ => BlockBootstrap.Draw(rows, length, random))];
                _byLength.Add(length, samples);
            }

            return samples.Select(sample => sample.Average(row => values[row]));
        }
    }
}

/// <summary>A rise of the mean squared error.</summary>
/// <param name="Mean">The mean over rows and shuffles.</param>
/// <param name="Low">Where the middle 95 % of samples of rows, drawn in blocks, begin.</param>
/// <param name="High">Where they end.</param>
internal sealed record Rise(double Mean, double Low, double High);

/// <summary>Rows whose target is known.</summary>
/// <param name="Features">Scaled features, row-major, [N, F].</param>
/// <param name="Target">The scaled target, [N].</param>
/// <param name="TargetScale">What unscales it.</param>
internal sealed record LabelledRows(float[] Features, float[] Target, double TargetScale)
{
    /// <summary>Number of rows N.</summary>
    public int Count => Target.Length;

    /// <summary>Number of features F.</summary>
    public int Width => Features.Length / Target.Length;

    /// <summary>Squared errors in the target's unit, squared, [N].</summary>
    public double[] SquaredErrors(ReadOnlySpan<float> forecasts)
    {
        var errors = new double[Count];
        for (var row = 0; row < errors.Length; row++)
        {
            var error = ((double)forecasts[row] - Target[row]) * TargetScale;
            errors[row] = error * error;
        }

        return errors;
    }

    /// <summary>Copies the rows; columns of a group come from other rows.</summary>
    public void Shuffled(IReadOnlyList<int> group, int[] order, Span<float> into)
    {
        Features.CopyTo(into);
        for (var row = 0; row < order.Length; row++)
        {
            foreach (var column in group)
            {
                into[(row * Width) + column] = Features[(order[row] * Width) + column];
            }
        }
    }
}
