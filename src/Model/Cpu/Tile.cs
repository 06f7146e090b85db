using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>A piece of C = A B that fits into the registers: where its first row begins in each matrix.</summary>
internal readonly unsafe struct Tile(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int inner)
{
    public readonly float* A = a;
    public readonly nint ARow = aRow;
    public readonly nint AColumn = aColumn;
    public readonly float* B = b;
    public readonly nint BRow = bRow;
    public readonly float* C = c;
    public readonly nint CRow = cRow;
    public readonly int Inner = inner;

    /// <summary>The tile that begins some rows earlier.</summary>
    public Tile Earlier(int rows) => new(A - rows * ARow, ARow, AColumn, B, BRow, C - rows * CRow, CRow, Inner);
}

/// <summary>Tiles of 32 columns for processors with 512-bit vectors: 16 sums of 16 numbers stay in registers.</summary>
internal static unsafe class WideTile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Eight(in Tile tile)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        nint row = tile.ARow, step = tile.AColumn, below = tile.BRow;
        float* a0 = tile.A, a3 = a0 + 3 * row, a6 = a0 + 6 * row, b = tile.B;
        for (var left = tile.Inner; left > 0; left--)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + Vector512<float>.Count);
            var a = Vector512.Create(*a0);
            c00 = Vector512.FusedMultiplyAdd(a, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a, b1, c01);
            a = Vector512.Create(*(a0 + row));
            c10 = Vector512.FusedMultiplyAdd(a, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a, b1, c11);
            a = Vector512.Create(*(a0 + 2 * row));
            c20 = Vector512.FusedMultiplyAdd(a, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a, b1, c21);
            a = Vector512.Create(*a3);
            c30 = Vector512.FusedMultiplyAdd(a, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a, b1, c31);
            a = Vector512.Create(*(a3 + row));
            c40 = Vector512.FusedMultiplyAdd(a, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a, b1, c41);
            a = Vector512.Create(*(a3 + 2 * row));
            c50 = Vector512.FusedMultiplyAdd(a, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a, b1, c51);
            a = Vector512.Create(*a6);
            c60 = Vector512.FusedMultiplyAdd(a, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(a, b1, c61);
            a = Vector512.Create(*(a6 + row));
            c70 = Vector512.FusedMultiplyAdd(a, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(a, b1, c71);
            a0 += step;
            a3 += step;
            a6 += step;
            b += below;
        }

        float* c = tile.C;
        var next = tile.CRow;
        Store(c, c00, c01);
        Store(c + next, c10, c11);
        Store(c + 2 * next, c20, c21);
        Store(c + 3 * next, c30, c31);
        Store(c + 4 * next, c40, c41);
        Store(c + 5 * next, c50, c51);
        Store(c + 6 * next, c60, c61);
        Store(c + 7 * next, c70, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(in Tile tile)
    {
        Vector512<float> c0 = default, c1 = default;
        float* a = tile.A, b = tile.B;
        for (var left = tile.Inner; left > 0; left--)
        {
            var value = Vector512.Create(*a);
            c0 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b), c0);
            c1 = Vector512.FusedMultiplyAdd(value, Vector512.Load(b + Vector512<float>.Count), c1);
            a += tile.AColumn;
            b += tile.BRow;
        }

        Store(tile.C, c0, c1);
    }

    private static void Store(float* to, Vector512<float> left, Vector512<float> right)
    {
        left.Store(to);
        right.Store(to + Vector512<float>.Count);
    }
}

/// <summary>
/// Tiles of 16 columns in 256-bit vectors: for processors that have no wider ones, and for the last columns on those that have.
/// </summary>
internal static unsafe class NarrowTile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(in Tile tile)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
        nint row = tile.ARow, step = tile.AColumn, below = tile.BRow;
        float* a0 = tile.A, a2 = a0 + 2 * row, b = tile.B;
        for (var left = tile.Inner; left > 0; left--)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + Vector256<float>.Count);
            var a = Vector256.Create(*a0);
            c00 = Vector256.FusedMultiplyAdd(a, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(a, b1, c01);
            a = Vector256.Create(*(a0 + row));
            c10 = Vector256.FusedMultiplyAdd(a, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(a, b1, c11);
            a = Vector256.Create(*a2);
            c20 = Vector256.FusedMultiplyAdd(a, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(a, b1, c21);
            a = Vector256.Create(*(a2 + row));
            c30 = Vector256.FusedMultiplyAdd(a, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(a, b1, c31);
            a0 += step;
            a2 += step;
            b += below;
        }

        Store(tile.C, c00, c01);
        Store(tile.C + tile.CRow, c10, c11);
        Store(tile.C + 2 * tile.CRow, c20, c21);
        Store(tile.C + 3 * tile.CRow, c30, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(in Tile tile)
    {
        Vector256<float> c0 = default, c1 = default;
        float* a = tile.A, b = tile.B;
        for (var left = tile.Inner; left > 0; left--)
        {
            var value = Vector256.Create(*a);
            c0 = Vector256.FusedMultiplyAdd(value, Vector256.Load(b), c0);
            c1 = Vector256.FusedMultiplyAdd(value, Vector256.Load(b + Vector256<float>.Count), c1);
            a += tile.AColumn;
            b += tile.BRow;
        }

        Store(tile.C, c0, c1);
    }

    private static void Store(float* to, Vector256<float> left, Vector256<float> right)
    {
        left.Store(to);
        right.Store(to + Vector256<float>.Count);
    }
}
