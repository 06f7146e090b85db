using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// A matrix where it lies: element (row, column) at <c>Start[row * RowStride + column * ColumnStride]</c>. A transposed view swaps the
/// strides.
/// </summary>
internal readonly unsafe struct MatrixView(float* start, nint rowStride, nint columnStride = 1)
{
    public readonly float* Start = start;
    public readonly nint RowStride = rowStride;
    public readonly nint ColumnStride = columnStride;

    public MatrixView Transposed => new(Start, ColumnStride, RowStride);
}

/// <summary>
/// C = A B in float32 for the sizes of a mini-batch. Every element of C is one chain of fused multiply-adds in the order of the inner
/// dimension, however the work is tiled: so the bits depend neither on the size of the matrices around it, nor on the width of the
/// processor's vectors.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Rows of B and C are padded to whole blocks of so many columns; what the padding holds is computed along.</summary>
    public const int Block = 16;

    private const int TileRows = 8;

    /// <param name="a">[M, K]</param>
    /// <param name="b">[K, N], columns side by side</param>
    /// <param name="c">[M, N], columns side by side; overwritten</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="k">Columns of A, rows of B.</param>
    /// <param name="n">Columns of B and C, a multiple of <see cref="Block"/>.</param>
    public static void Multiply(MatrixView a, MatrixView b, MatrixView c, int m, int k, int n)
    {
        for (var column = 0; column < n;)
        {
            var wide = Vector512.IsHardwareAccelerated && n - column >= 2 * Block;
            for (var row = 0; row < m;)
            {
                var tile = new Tile(
                    a.Start + row * a.RowStride, a.RowStride, a.ColumnStride, b.Start + column, b.RowStride,
                    c.Start + row * c.RowStride + column, c.RowStride, k);
                row += wide ? WideRows(tile, m, row) : NarrowRows(tile, m, row);
            }

            column += wide ? 2 * Block : Block;
        }
    }

    private static int WideRows(Tile tile, int m, int row)
    {
        if (m - row >= TileRows)
        {
            WideTile.Eight(tile);
            return TileRows;
        }

        // The last rows are done together with the ones before them once more: the same numbers are written again.
        if (m >= TileRows)
        {
            WideTile.Eight(tile.Earlier(TileRows - (m - row)));
            return m - row;
        }

        WideTile.One(tile);
        return 1;
    }

    private static int NarrowRows(Tile tile, int m, int row)
    {
        const int rows = TileRows / 2;
        if (m - row >= rows)
        {
            NarrowTile.Four(tile);
            return rows;
        }

        if (m >= rows)
        {
            NarrowTile.Four(tile.Earlier(rows - (m - row)));
            return m - row;
        }

        NarrowTile.One(tile);
        return 1;
    }
}
