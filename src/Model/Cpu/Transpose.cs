using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MacroCausal.Model.Cpu;

/// <summary>Transposes a matrix, eight by eight numbers at a time.</summary>
internal static unsafe class Transpose
{
    private const int Side = 8;

    /// <param name="from">[rows, columns]; columns are whole blocks of <see cref="MatrixProduct.Block"/>.</param>
    /// <param name="rows">Rows of <paramref name="from"/>.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="fromStride">From one of its rows to the next.</param>
    /// <param name="to">[columns, rows]; overwritten.</param>
    /// <param name="toStride">From one row of <paramref name="to"/> to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* from, int rows, int columns, int fromStride, float* to, int toStride)
    {
        var whole = Avx.IsSupported ? rows / Side * Side : 0;
        for (var row = 0; row < whole; row += Side)
        {
            for (var column = 0; column < columns; column += Side)
            {
                TransposeSquare(from + (nint)row * fromStride + column, fromStride, to + (nint)column * toStride + row, toStride);
            }
        }

        for (var row = whole; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                to[(nint)column * toStride + row] = from[(nint)row * fromStride + column];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeSquare(float* from, nint fromStride, float* to, nint toStride)
    {
        var (r0, r1) = Pair(from, from + 4 * fromStride);
        var (r2, r3) = Pair(from + fromStride, from + 5 * fromStride);
        var (r4, r5) = Pair(from + 2 * fromStride, from + 6 * fromStride);
        var (r6, r7) = Pair(from + 3 * fromStride, from + 7 * fromStride);
        StoreFour(r0, r2, r4, r6, to, toStride);
        StoreFour(r1, r3, r5, r7, to + 4 * toStride, toStride);
    }

    // Columns 0 to 3 of two rows, and columns 4 to 7 of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Left, Vector256<float> Right) Pair(float* upper, float* lower) =>
        (Vector256.Create(Vector128.Load(upper), Vector128.Load(lower)),
        Vector256.Create(Vector128.Load(upper + 4), Vector128.Load(lower + 4)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* to, nint stride)
    {
        var (ab, abHigh) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
        var (cd, cdHigh) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
        Avx.Shuffle(ab, cd, 0b01_00_01_00).Store(to);
        Avx.Shuffle(ab, cd, 0b11_10_11_10).Store(to + stride);
        Avx.Shuffle(abHigh, cdHigh, 0b01_00_01_00).Store(to + 2 * stride);
        Avx.Shuffle(abHigh, cdHigh, 0b11_10_11_10).Store(to + 3 * stride);
    }
}
