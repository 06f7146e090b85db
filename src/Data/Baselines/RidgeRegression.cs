using System.Runtime.InteropServices;
using MacroCausal.Data.Preparation;
using MathNet.Numerics.LinearAlgebra;
using Lanes = System.Numerics.Vector<double>;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Ridge regression (Hoerl and Kennard, 1970) with an intercept that is not penalised: <c>w = (X'X + nkI)^-1 X'y</c> where features are fewer than rows, else the
/// same <c>w = X'(XX' + nkI)^-1 y</c>, so that the system is as small as it can be. k is the penalty, n the number of rows; X and y are centred.
/// </summary>
internal static class RidgeRegression
{
    /// <summary>Fits the first rows of a table, once for every penalty.</summary>
    public static IEnumerable<LinearModel> Fit(PreparedTable table, int rows, IReadOnlyList<double> penalties, CancellationToken cancellationToken)
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

    private static double[] Solve(Matrix<double> gram, double[] right, double ridge)
    {
        var penalised = gram + (Matrix<double>.Build.DenseIdentity(gram.RowCount) * ridge);
        return penalised.Cholesky().Solve(Vector<double>.Build.Dense(right)).AsArray();
    }

    private static Matrix<double> Gram(double[][] vectors, CancellationToken cancellationToken)
    {
        var gram = Matrix<double>.Build.Dense(vectors.Length, vectors.Length);
        for (var i = 0; i < vectors.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var j = 0; j <= i; j++)
                gram[i, j] = gram[j, i] = Dot(vectors[i], vectors[j]);
        }

        return gram;
    }

    private static double Dot(double[] a, double[] b)
    {
        var lanes = MemoryMarshal.Cast<double, Lanes>(a);
        var others = MemoryMarshal.Cast<double, Lanes>(b);
        var sums = Lanes.Zero;
        for (var i = 0; i < lanes.Length; i++)
            sums += lanes[i] * others[i];
        var sum = System.Numerics.Vector.Sum(sums);
        for (var i = lanes.Length * Lanes.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Features, column by column, and target, less their means over the rows.</summary>
    private sealed record Centred(double[][] Columns, double[] Means, double[] Target, double TargetMean)
    {
        public static Centred Of(PreparedTable table, int rows)
        {
            var columns = Enumerable.Range(0, table.Names.Count).Select(j => Enumerable.Range(0, rows).Select(i => (double)table.Row(i)[j]).ToArray()).ToArray();
            var target = Array.ConvertAll(table.Target![..rows], value => (double)value);
            return new Centred(columns, Array.ConvertAll(columns, Centre), target, Centre(target));
        }

        public double[][] TransposedColumns() => [.. Enumerable.Range(0, Target.Length).Select(i => Array.ConvertAll(Columns, column => column[i]))];

        private static double Centre(double[] values)
        {
            var mean = values.Average();
            for (var i = 0; i < values.Length; i++)
                values[i] -= mean;
            return mean;
        }
    }
}
