using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>Tiles of 16 columns in 256-bit vectors: for processors that have no wider ones, and for the last columns on those that have.</summary>
internal static unsafe class NarrowTile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(in Tile tile)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
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
