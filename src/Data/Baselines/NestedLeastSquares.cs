using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Least squares on an intercept and the first columns of some, for every number of them at once: R of a QR decomposition of [1, columns,
/// target] holds the fit of every leading part.
/// </summary>
internal sealed class NestedLeastSquares
{
    // A column whose part that is not in those before it is smaller than this adds nothing but rounding.
    private const double Collinear = 1e-10;

    private readonly int _rows;
    private readonly Matrix<double> _triangle;

    /// <summary>Decomposes.</summary>
    /// <param name="rows">Number of rows N.</param>
    /// <param name="columns">Number of columns K.</param>
    /// <param name="value">The value of a row and column; column K is the target.</param>
    public NestedLeastSquares(int rows, int columns, Func<int, int, double> value)
    {
        // Rows of zeros change no fit, and QR needs as many rows as columns.
        var matrix = Matrix<double>.Build.Dense(Math.Max(rows, columns + 2), columns + 2);
        for (var row = 0; row < rows; row++)
        {
            matrix[row, 0] = 1;
            for (var column = 0; column <= columns; column++)
            {
                matrix[row, column + 1] = value(row, column);
            }
        }

        (_rows, _triangle) = (rows, matrix.QR(QRMethod.Thin).R);
    }

    /// <summary>BIC (Schwarz, 1978) of the fit on the first columns; the lowest is the best.</summary>
    public double Bic(int columns)
    {
        var last = _triangle.Column(_triangle.ColumnCount - 1);
        var floor = 1e-24 * last.DotProduct(last);
        return (_rows * Math.Log(Math.Max(SquaresLeft(columns), floor) / _rows)) + ((columns + 1) * Math.Log(_rows));
    }

    /// <summary>Sum of squares that the fit on the first columns leaves of the target.</summary>
    public double SquaresLeft(int columns)
    {
        // It lies below them in the last column of R.
        var last = _triangle.Column(_triangle.ColumnCount - 1);
        return last.Skip(columns + 1).Sum(value => value * value);
    }

    /// <summary>The fit on the first columns.</summary>
    public LinearModel Fit(int columns)
    {
        var weights = new double[columns + 1];
        for (var i = columns; i >= 0; i--)
        {
            var isCollinear = Math.Abs(_triangle[i, i]) <= Collinear * _triangle.Column(i).L2Norm();
            var rest = _triangle[i, _triangle.ColumnCount - 1];
            for (var j = i + 1; j <= columns; j++)
            {
                rest -= _triangle[i, j] * weights[j];
            }

            weights[i] = isCollinear ? 0 : rest / _triangle[i, i];
        }

        return new LinearModel(weights[1..], weights[0]);
    }
}
