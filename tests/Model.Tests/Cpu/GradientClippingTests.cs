using MacroCausal.Model.Cpu;

namespace MacroCausal.Model.Tests.Cpu;

public sealed unsafe class GradientClippingTests
{
    [Fact]
    public void A_gradient_that_is_too_long_is_cut_to_the_largest_norm_and_keeps_its_direction() =>
        Clipped([3, -4], 1).ShouldBe([0.6f, -0.8f], 1e-6);

    [Fact]
    public void A_gradient_that_is_short_enough_stays_as_it_is() => Clipped([3, -4], 5.1).ShouldBe([3, -4]);

    [Fact]
    public void A_gradient_whose_square_float32_does_not_hold_is_cut_all_the_same() =>
        Clipped([3e30f, -4e30f], 10).ShouldBe([6, -8], 1e-5);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_number_stays_none(float value) => float.IsNaN(Clipped([3, value], 1)[1]).ShouldBeTrue();

    private static float[] Clipped(float[] gradient, double limit)
    {
        using var memory = new NativeFloats(2 * MatrixProduct.Block);
        gradient.CopyTo(memory.Span[(MatrixProduct.Block - 1)..]);
        GradientClipping.Apply(memory.Start, 2 * MatrixProduct.Block, limit);
        return memory.Span.Slice(MatrixProduct.Block - 1, gradient.Length).ToArray();
    }
}
