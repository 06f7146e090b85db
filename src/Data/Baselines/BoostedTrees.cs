using static System.FormattableString;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Gradient-boosted regression trees (Friedman, 2001) on the features and on earlier targets, by <see cref="LightGbm"/>. They learn the
/// target, or its difference to the last value, since a tree cannot forecast what is out of the range that it saw: the difference where the
/// last value leaves little of the variance, else what is better on the last fifth of the training rows, which also chooses the number of
/// trees. Then they are grown anew on all of them.
/// </summary>
internal static class BoostedTrees
{
    /// <summary>Name of the baseline.</summary>
    public const string Name = "boostedTrees";

    /// <summary>Most values on the training rows.</summary>
    public const long MaxCells = 10_000_000;

    // With fewer rows a fifth of them chooses nothing.
    private const int MinRows = 40;
    private const int HeldOutShare = 5;
    private const int Rounds = 150;
    private const int RowsPerLeaf = 20;
    private const double InputsPerTree = 50;

    /// <summary>Why a table goes without them, where one would expect them; null where there is nothing to say.</summary>
    public static string? WhyLeftOut(BaselineSeries series, long maxCells = MaxCells)
    {
        if (series.TrainRows < MinRows) return null;
        if (Cells(series) is var cells && cells > maxCells)
        {
            return Invariant($"Gradient boosting is not among the baselines: {cells} training values are more than {maxCells}. ") +
                "Train on fewer rows or columns to compare with it.";
        }

        return LightGbm.IsAvailable
            ? null
            : "Gradient boosting is not among the baselines: LightGBM cannot be loaded here. It needs an x64 processor, and on Linux " +
                "libgomp (Debian: apt-get install libgomp1).";
    }

    /// <summary>Fits them; null where the rows are too few or too many, or LightGBM is not there.</summary>
    public static FittedSums? Fit(BaselineSeries series, CancellationToken cancellationToken)
    {
        if (series.TrainRows < MinRows || WhyLeftOut(series) is not null) return null;
        var lags = LagsOf(series);

        // Without its newest earlier target a row has no difference to it.
        int[] rows = [.. Enumerable.Range(0, series.TrainRows).Where(row => double.IsFinite(series.Lag(row, series.Horizon)))];
        var held = rows.Length / HeldOutShare;
        var learned = rows[..Math.Max(0, rows.Length - held - (series.Horizon - 1))];
        if (learned.Length < MinRows / 2) return null;
        var (isDifference, count) = Choose(series, lags, learned, rows[^held..], cancellationToken);
        var all = count == 0 ? [] : Grow(series, Inputs(series, lags, rows), rows, isDifference, count, cancellationToken);
        var weights = new double[lags.Length];
        weights[0] = isDifference ? 1 : 0;
        var intercept = all.Length > 0 ? 0 : rows.Average(row => Learned(series, row, isDifference));
        return new FittedSums(new LagSum(lags, weights, [], intercept) { Trees = all });
    }

    private static long Cells(BaselineSeries series) => (long)series.TrainRows * (series.Features + LagsOf(series).Length);

    // As many as an autoregression may have, and the season's.
    private static int[] LagsOf(BaselineSeries series)
    {
        var order = Math.Clamp(series.TrainRows / Autoregression.RowsPerOrder, 1, Autoregression.MaxOrder);
        var lags = Enumerable.Range(series.Horizon, order);
        return [.. series.HasSeason ? lags.Union([Autoregression.SeasonalLag(series)]) : lags];
    }

    private static (bool IsDifference, int Trees) Choose(
        BaselineSeries series, int[] lags, int[] learned, int[] held, CancellationToken cancellationToken)
    {
        var inputs = Inputs(series, lags, learned);
        var ofDifference = Losses(true);
        if (IsLevel(series, learned)) return (true, Best(ofDifference));
        var ofTarget = Losses(false);
        return ofDifference.Min() < ofTarget.Min() ? (true, Best(ofDifference)) : (false, Best(ofTarget));
        static int Best(double[] losses) => losses.Index().MinBy(loss => loss.Item).Index;

        // Sums of squared errors on the rows held out with no tree, one, two, ...
        double[] Losses(bool isDifference)
        {
            var trees = Grow(series, inputs, learned, isDifference, Rounds, cancellationToken);
            var mean = learned.Average(row => Learned(series, row, isDifference));
            var losses = new double[trees.Length + 1];
            foreach (var row in held)
            {
                var features = series.Row(row);
                var known = LagSum.LagsOf(series, row, lags);
                var (target, sum) = (Learned(series, row, isDifference), 0.0);
                losses[0] += Math.Pow(mean - target, 2);
                for (var tree = 0; tree < trees.Length; tree++)
                {
                    sum += trees[tree].Value(features, known);
                    losses[tree + 1] += Math.Pow(sum - target, 2);
                }
            }

            return losses;
        }
    }

    // Where the last value leaves little of the variance, the rows to come may well lie out of the range of those before.
    private static bool IsLevel(BaselineSeries series, int[] rows)
    {
        var mean = rows.Average(series.Target);
        return rows.Sum(row => Math.Pow(Learned(series, row, true), 2))
            <= ResidualSelection.MaxShare * rows.Sum(row => Math.Pow(series.Target(row) - mean, 2));
    }

    private static double Learned(BaselineSeries series, int row, bool isDifference) =>
        series.Target(row) - (isDifference ? series.Lag(row, series.Horizon) : 0);

    // [rows, features + lags]
    private static double[] Inputs(BaselineSeries series, int[] lags, int[] rows)
    {
        var width = series.Features + lags.Length;
        var inputs = new double[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
        {
            var into = inputs.AsSpan(i * width, width);
            var features = series.Row(rows[i]);
            for (var feature = 0; feature < features.Length; feature++)
            {
                into[feature] = features[feature];
            }

            LagSum.LagsOf(series, rows[i], lags).CopyTo(into[features.Length..]);
        }

        return inputs;
    }

    private static RegressionTree[] Grow(
        BaselineSeries series, double[] inputs, int[] rows, bool isDifference, int rounds, CancellationToken cancellationToken)
    {
        float[] target = Array.ConvertAll(rows, row => (float)Learned(series, row, isDifference));
        return LightGbm.Grow(inputs, target, rounds, Parameters(rows.Length, inputs.Length / rows.Length), cancellationToken);
    }

    // One thread and a fixed seed: the same rows give the same trees. Of many inputs each tree sees a part.
    private static string Parameters(int rows, int width) =>
        Invariant($"objective=regression num_leaves=8 learning_rate=0.05 min_data_in_leaf={Math.Clamp(rows / RowsPerLeaf, 2, 20)} ") +
        Invariant($"feature_fraction={Math.Clamp(InputsPerTree / width, 0.2, 0.8):0.000} bagging_fraction=0.8 bagging_freq=1 max_bin=63 ") +
        "seed=1 deterministic=true force_col_wise=true num_threads=1 verbosity=-1";
}
