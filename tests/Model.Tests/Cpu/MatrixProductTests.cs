using MacroCausal.Model.Cpu;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Cpu;

public sealed unsafe class MatrixProductTests
{
    // Columns: tiles of 32 on wide vectors, of 16 on narrow ones and for what is left. Rows: whole tiles, a last one that reaches back, and
    // fewer than a tile.
    [Theory]
    [InlineData(32, 126, 64)]
    [InlineData(13, 7, 48)]
    [InlineData(5, 3, 16)]
    [InlineData(1, 1, 32)]
    [InlineData(129, 400, 16)]
    [InlineData(8, 33, 256)]
    public void Every_number_is_one_chain_of_fused_multiply_adds_whatever_the_tiles(int m, int k, int n)
    {
        using var a = Drawn(m * k, 1);
        using var b = Drawn(k * n, 2);
        using var c = new NativeFloats(m * n);

        MatrixProduct.Multiply(new MatrixView(a.Start, k), new MatrixView(b.Start, n), new MatrixView(c.Start, n), m, k, n);

        c.Span.ToArray().ShouldBe(Chains(m, k, n, (row, inner) => a.Start[row * k + inner], b));
    }

    [Theory]
    [InlineData(126, 32, 64)]
    [InlineData(3, 17, 48)]
    public void A_transposed_view_is_read_where_it_lies(int m, int k, int n)
    {
        using var a = Drawn(m * k, 3);
        using var b = Drawn(k * n, 4);
        using var c = new NativeFloats(m * n);

        MatrixProduct.Multiply(new MatrixView(a.Start, m).Transposed, new MatrixView(b.Start, n), new MatrixView(c.Start, n), m, k, n);

        c.Span.ToArray().ShouldBe(Chains(m, k, n, (row, inner) => a.Start[inner * m + row], b));
    }

    [Theory]
    [InlineData(64, 32)]
    [InlineData(13, 48)]
    [InlineData(1, 16)]
    public void Transposing_a_matrix_moves_every_number(int rows, int columns)
    {
        using var from = Drawn(rows * columns, 5);
        using var to = new NativeFloats(columns * PaddedLayout.Pad(rows));

        Transpose.Apply(from.Start, rows, columns, columns, to.Start, PaddedLayout.Pad(rows));

        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                to.Start[column * PaddedLayout.Pad(rows) + row].ShouldBe(from.Start[row * columns + column]);
            }
        }
    }

    private static NativeFloats Drawn(int length, long seed)
    {
        var random = new TrialRandom(seed, Purpose.Shuffle, 0);
        var values = new NativeFloats(length);
        foreach (ref var value in values.Span)
        {
            value = random.Signed();
        }

        return values;
    }

    private static float[] Chains(int m, int k, int n, Func<int, int, float> a, NativeFloats b)
    {
        var c = new float[m * n];
        for (var index = 0; index < c.Length; index++)
        {
            for (var inner = 0; inner < k; inner++)
            {
                c[index] = MathF.FusedMultiplyAdd(a(index / n, inner), b.Start[inner * n + index % n], c[index]);
            }
        }

        return c;
    }
}
