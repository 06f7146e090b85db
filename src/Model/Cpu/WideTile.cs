using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>Tiles of 32 columns for processors with 512-bit vectors: 16 sums of 16 numbers stay in registers.</summary>
internal static unsafe class WideTile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Eight(in Tile tile)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
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
