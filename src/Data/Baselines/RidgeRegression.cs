using MacroCausal.Data.Preparation;
using MathNet.Numerics.LinearAlgebra;
using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Ridge regression (Hoerl and Kennard, 1970) with an intercept that is not penalised: <c>w = (X'X + nkI)^-1 X'y</c> where features are
/// fewer than rows, else the same <c>w = X'(XX' + nkI)^-1 y</c>, so that the system is as small as it can be. k is the penalty, n the
/// number of rows; X and y are centred.
/// </summary>
internal static class RidgeRegression
{
    private const int SliceLength = 512;

    // Features that are fitted, 128 MiB as doubles: the last training rows where there are more.
    private const int MaxCells = 1 << 24;

    // With fewer rows a fifth of them says nothing about a penalty.
    private const int MinRowsToChoosePenalty = 10;

    // Penalties by training row, from next to none to one that leaves only the mean.
    private static readonly double[] Penalties = [.. Enumerable.Range(-6, 13).Select(half => Math.Pow(10, half / 2.0))];

    /// <summary>The forecast of the penalty that does best on the last fifth of the training rows, fitted again on all of them.</summary>
    public static double[] Forecast(FeatureMatrix train, FeatureMatrix validation, CancellationToken cancellationToken)
    {
        train = train.Last(Math.Max(1, MaxCells / Math.Max(1, train.Names.Count)));
        var penalty = ChoosePenalty(train, cancellationToken);
        var model = Fit(train, train.Rows, [penalty], cancellationToken).Single();
        return [.. Enumerable.Range(0, validation.Rows).Select(row => model.Predict(validation.Row(row)))];
    }

    /// <summary>Fits the first rows of a table, once for every penalty.</summary>
    public static IEnumerable<LinearModel> Fit(
        FeatureMatrix table, int rows, IReadOnlyList<double> penalties, CancellationToken cancellationToken)
    {
        var centred = Centred.Of(table, rows);
        var isPrimal = centred.Columns.Length <= rows;
        var vectors = isPrimal ? centred.Columns : centred.TransposedColumns();
        var gram = Gram(vectors, cancellationToken);
        var right = isPrimal ? [.. vectors.Select(column => Dot(column, centred.Target))] : centred.Target;
        foreach (var penalty in penalties)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var solution = Solve(gram, right, penalty * rows);
            var weights = isPrimal ? solution : [.. centred.Columns.Select(column => Dot(column, solution))];
            yield return new LinearModel(weights, centred.TargetMean - Dot(weights, centred.Means));
        }
    }

    private static double ChoosePenalty(FeatureMatrix train, CancellationToken cancellationToken)
    {
        if (train.Rows < MinRowsToChoosePenalty) return 1;
        var fitted = train.Rows - (train.Rows / 5);
        var errors = Fit(train, fitted, Penalties, cancellationToken).Select(model => model.MeanSquaredError(train, fitted, train.Rows));
        return Penalties.Zip(errors).MinBy(pair => pair.Second).First;
    }

    private static double[] Solve(Matrix<double> gram, double[] right, double ridge)
    {
        var penalised = gram + (Matrix<double>.Build.DenseIdentity(gram.RowCount) * ridge);
        return penalised.Cholesky().Solve(Vector<double>.Build.Dense(right)).AsArray();
    }

    // Slice by slice, so that what is multiplied fits the processor's cache.
    private static Matrix<double> Gram(double[][] vectors, CancellationToken cancellationToken)
    {
        var gram = Matrix<double>.Build.Dense(vectors.Length, vectors.Length);
        var length = vectors.Length == 0 ? 0 : vectors[0].Length;
        for (var start = 0; start < length; start += SliceLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddSlice(gram, vectors, start, Math.Min(SliceLength, length - start));
        }

        return gram;
    }

    private static void AddSlice(Matrix<double> gram, double[][] vectors, int start, int length)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                gram[j, i] = gram[i, j] += Dot(vectors[i].AsSpan(start, length), vectors[j].AsSpan(start, length));
            }
        }
    }

    /// <summary>Features, column by column, and target, less their means over the rows.</summary>
    private sealed record Centred(double[][] Columns, double[] Means, double[] Target, double TargetMean)
    {
        public static Centred Of(FeatureMatrix table, int rows)
        {
            var columns = Enumerable.Range(0, table.Names.Count)
                .Select(j => Enumerable.Range(0, rows).Select(i => (double)table.Row(i)[j]).ToArray()).ToArray();
            var target = Array.ConvertAll(table.Target![..rows], value => (double)value);
            return new Centred(columns, Array.ConvertAll(columns, Centre), target, Centre(target));
        }

        public double[][] TransposedColumns() =>
            [.. Enumerable.Range(0, Target.Length).Select(i => Array.ConvertAll(Columns, column => column[i]))];

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

/// <summary>A weighted sum of the features, in the scaled target's unit.</summary>
internal sealed record LinearModel(double[] Weights, double Intercept)
{
    public double Predict(ReadOnlySpan<float> row)
    {
        var sum = Intercept;
        for (var j = 0; j < row.Length; j++)
        {
            sum += row[j] * Weights[j];
        }

        return sum;
    }

    /// <summary>Mean squared error on the rows from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public double MeanSquaredError(FeatureMatrix table, int start, int end)
    {
        var sum = 0.0;
        for (var i = start; i < end; i++)
        {
            sum += Math.Pow(Predict(table.Row(i)) - table.Target![i], 2);
        }

        return sum / (end - start);
    }
}
