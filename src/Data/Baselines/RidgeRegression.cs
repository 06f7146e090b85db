using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Ridge regression (Hoerl and Kennard, 1970) with an intercept that is not penalised: <c>w = (X'X + nkI)^-1 X'y</c> where columns are
/// fewer than rows, else the same <c>w = X'(XX' + nkI)^-1 y</c>, so that the system is as small as it can be. k is the penalty, n the
/// number of rows; X and y are centred. The penalty is chosen by cross-validation on blocks of time within the training rows.
/// </summary>
internal static class RidgeRegression
{
    /// <summary>Blocks of time of a cross-validation.</summary>
    public const int Blocks = 5;

    private const int SliceLength = 512;

    // Features that are fitted, 64 MiB as doubles: the last training rows where there are more.
    private const int MaxCells = 1 << 23;

    // With fewer rows a fifth of them says nothing about a penalty.
    private const int MinRowsToChoosePenalty = 10;

    // Multiplications that choosing a penalty may take before it makes do with the last block; some 0.3 s.
    private const double MaxWork = 1e9;

    // Penalties by training row, from next to none to one that leaves only the mean; between the best and its neighbours a half step more.
    private static readonly double[] Penalties = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];
    private static readonly double HalfStep = Math.Sqrt(10);

    /// <summary>Ridge on the features.</summary>
    public static FittedSums Fit(BaselineSeries series, CancellationToken cancellationToken) => Fit(series, [], cancellationToken);

    /// <summary>
    /// Ridge on the features and on the lags of the autoregression, one lag at least. A lag before the first row is the training mean.
    /// </summary>
    public static FittedSums FitWithLags(BaselineSeries series, CancellationToken cancellationToken)
    {
        var chosen = Autoregression.Choose(series, [.. Enumerable.Range(0, series.TrainRows)], []).Lags;
        return Fit(series, chosen.Length == 0 ? [series.Horizon] : chosen, cancellationToken);
    }

    /// <summary>What fits some rows for a penalty. The products that every penalty needs are computed once.</summary>
    public static Func<double, LinearModel> Prepare(double[][] columns, double[] target, CancellationToken cancellationToken) =>
        Prepare(columns, target, [.. Enumerable.Range(0, target.Length)], cancellationToken);

    /// <summary>
    /// One of <see cref="Blocks"/> blocks of time, to be forecast by a fit on the rows of the others. Labels that reach over its edges are
    /// left out of the fit.
    /// </summary>
    /// <param name="columns">The columns, [F][N].</param>
    /// <param name="target">The target, [N].</param>
    /// <param name="block">Number of the block, from 0.</param>
    /// <param name="overlap">Rows beside the block whose targets overlap its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static RidgeBlock Block(double[][] columns, double[] target, int block, int overlap, CancellationToken cancellationToken)
    {
        var (start, end) = (target.Length * block / Blocks, target.Length * (block + 1) / Blocks);
        int[] kept = [.. Enumerable.Range(0, target.Length).Where(row => row < start - overlap || row >= end + overlap)];
        return new RidgeBlock(start, end, kept.Length < 2 ? null : Prepare(columns, target, kept, cancellationToken));
    }

    // What fits some of the rows.
    private static Func<double, LinearModel> Prepare(
        double[][] columns, double[] target, int[] rows, CancellationToken cancellationToken)
    {
        var centred = new Centred(columns, target, rows);
        var isPrimal = columns.Length <= rows.Length;
        var vectors = isPrimal ? centred.Columns : Transposed(centred.Columns, rows.Length);
        var gram = Gram(vectors, cancellationToken);
        var right = isPrimal ? [.. vectors.Select(column => Dot(column, centred.Target))] : centred.Target;
        return penalty =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var solution = SolvePenalised(gram, penalty * rows.Length, right);
            var weights = isPrimal ? solution : [.. centred.Columns.Select(column => Dot(column, solution))];
            return new LinearModel(weights, centred.TargetMean - Dot(weights, centred.Means));
        };
    }

    /// <summary>The ridge regression on the features, as a weighted sum of them; fitted once for a series.</summary>
    public static LinearModel OnFeatures(BaselineSeries series, CancellationToken cancellationToken) =>
        series.Ridge ??= Model(series, [], cancellationToken);

    private static LinearModel Model(BaselineSeries series, int[] lags, CancellationToken cancellationToken)
    {
        var width = Math.Max(1, series.Features + lags.Length);
        var first = Math.Max(0, series.TrainRows - Math.Max(1, MaxCells / width));
        var columns = Columns(series, lags, first);
        double[] target = [.. Enumerable.Range(first, series.TrainRows - first).Select(series.Target)];
        var penalty = ChoosePenalty(columns, target, series.Horizon - 1, cancellationToken);
        return Prepare(columns, target, cancellationToken)(penalty);
    }

    private static FittedSums Fit(BaselineSeries series, int[] lags, CancellationToken cancellationToken)
    {
        var model = lags.Length == 0 ? OnFeatures(series, cancellationToken) : Model(series, lags, cancellationToken);
        var (weights, ofLags) = (model.Weights[..series.Features], model.Weights[series.Features..]);
        return new FittedSums(new LagSum(lags, ofLags, weights, model.Intercept));
    }

    // [F + L][N], from one training row on. Row after row, since the features of a large table are read in blocks of rows.
    private static double[][] Columns(BaselineSeries series, int[] lags, int first)
    {
        double[][] columns =
            [.. Enumerable.Range(0, series.Features + lags.Length).Select(_ => new double[series.TrainRows - first])];
        for (var i = first; i < series.TrainRows; i++)
        {
            var features = series.Row(i);
            for (var j = 0; j < columns.Length; j++)
            {
                columns[j][i - first] = j < features.Length ? features[j] : series.LagOrMean(i, lags[j - features.Length]);
            }
        }

        return columns;
    }

    private static double ChoosePenalty(double[][] columns, double[] target, int overlap, CancellationToken cancellationToken)
    {
        if (target.Length < MinRowsToChoosePenalty) return 1;

        // Where all blocks would take too long the last one decides.
        var first = Work(columns.Length, target.Length) > MaxWork ? Blocks - 1 : 0;
        var blocks = Enumerable.Range(first, Blocks - first)
            .Select(block => Block(columns, target, block, overlap, cancellationToken)).Where(block => block.Fit is not null).ToList();
        var errors = Penalties.ToDictionary(penalty => penalty, Error);
        var coarse = errors.MinBy(error => error.Value).Key;
        foreach (var between in new[] { coarse / HalfStep, coarse * HalfStep })
        {
            errors[between] = Error(between);
        }

        return errors.MinBy(error => error.Value).Key;

        double Error(double penalty) => blocks.Sum(block => block.Fit!(penalty).SumOfSquares(columns, target, block.Start, block.End));
    }

    private static double Work(int columns, int rows)
    {
        double small = Math.Min(columns, rows);
        return Blocks * ((columns * (double)rows * small / 2) + ((Penalties.Length + 2) * small * small * small / 6));
    }

    private static double[][] Transposed(double[][] columns, int rows) =>
        [.. Enumerable.Range(0, rows).Select(i => Array.ConvertAll(columns, column => column[i]))];

    // The lower triangle, row by row. Slice by slice, so that what is multiplied fits the processor's cache.
    private static double[][] Gram(double[][] vectors, CancellationToken cancellationToken)
    {
        double[][] gram = [.. vectors.Select((_, i) => new double[i + 1])];
        var length = vectors.Length == 0 ? 0 : vectors[0].Length;
        for (var start = 0; start < length; start += SliceLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slice = Math.Min(SliceLength, length - start);
            for (var i = 0; i < vectors.Length; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    gram[i][j] += Dot(vectors[i].AsSpan(start, slice), vectors[j].AsSpan(start, slice));
                }
            }
        }

        return gram;
    }

    // Cholesky: (A + ridge I) = LL', then L and L' are solved one after the other.
    private static double[] SolvePenalised(double[][] lowerTriangle, double ridge, double[] right)
    {
        var factor = Array.ConvertAll(lowerTriangle, row => new double[row.Length]);
        var solution = right.ToArray();
        for (var i = 0; i < factor.Length; i++)
        {
            var row = factor[i];
            for (var j = 0; j < i; j++)
            {
                row[j] = (lowerTriangle[i][j] - Dot(row.AsSpan(0, j), factor[j].AsSpan(0, j))) / factor[j][j];
            }

            var left = row.AsSpan(0, i);
            row[i] = Math.Sqrt(lowerTriangle[i][i] + ridge - Dot(left, left));
            solution[i] = (solution[i] - Dot(left, solution.AsSpan(0, i))) / row[i];
        }

        for (var i = factor.Length - 1; i >= 0; i--)
        {
            solution[i] /= factor[i][i];
            for (var j = 0; j < i; j++)
            {
                solution[j] -= factor[i][j] * solution[i];
            }
        }

        return solution;
    }

    /// <summary>Columns and target at some rows, less their means over these.</summary>
    private sealed class Centred
    {
        public Centred(double[][] columns, double[] target, int[] rows)
        {
            Columns = Array.ConvertAll(columns, column => Array.ConvertAll(rows, row => column[row]));
            Means = Array.ConvertAll(Columns, Centre);
            Target = Array.ConvertAll(rows, row => target[row]);
            TargetMean = Centre(Target);
        }

        public double[][] Columns { get; }

        public double[] Means { get; }

        public double[] Target { get; }

        public double TargetMean { get; }

        private static double Centre(double[] values)
        {
            var mean = values.Average();
            for (var i = 0; i < values.Length; i++)
            {
                values[i] -= mean;
            }

            return mean;
        }
    }
}

/// <summary>A block of rows, and what fits the rows of the others for a penalty.</summary>
/// <param name="Start">Its first row.</param>
/// <param name="End">The row after its last.</param>
/// <param name="Fit">The fit; null where fewer than two rows are left for it.</param>
internal sealed record RidgeBlock(int Start, int End, Func<double, LinearModel>? Fit);

/// <summary>A weighted sum of columns, in the scaled target's unit.</summary>
internal sealed record LinearModel(double[] Weights, double Intercept)
{
    /// <summary>Sum of squared errors on the rows from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public double SumOfSquares(double[][] columns, double[] target, int start, int end)
    {
        var errors = Errors(columns, target, start, end);
        return Dot(errors, errors);
    }

    /// <summary>Forecast less target on the rows from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public double[] Errors(double[][] columns, double[] target, int start, int end)
    {
        var errors = Array.ConvertAll(target[start..end], value => Intercept - value);
        for (var j = 0; j < columns.Length; j++)
        {
            for (var i = 0; i < errors.Length; i++)
            {
                errors[i] += Weights[j] * columns[j][start + i];
            }
        }

        return errors;
    }
}
