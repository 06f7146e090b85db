using CsCheck;
using MacroCausal.Model.Cpu;

namespace MacroCausal.Model.Tests.Cpu;

public sealed unsafe class AdamUpdateTests
{
    // Parameters begin at zero, so that a step shows all of its digits.
    [Fact]
    public void A_step_is_Adams_to_float32_rounding_from_the_smallest_gradient_to_the_largest() =>
        Gen.Select(Gen.Double[-12, 12], Gen.Bool, Gen.Int[1, 100_000]).Array[MatrixProduct.Block].Sample(draws =>
        {
            var gradients = draws.Select(draw => (float)(Math.Pow(10, draw.Item1) * (draw.Item2 ? 1 : -1))).ToArray();
            var step = draws[0].Item3;
            using var memory = new NativeFloats(4 * MatrixProduct.Block);
            gradients.CopyTo(memory.Span[MatrixProduct.Block..]);

            AdamUpdate.Apply(
                memory.Start, memory.Start + MatrixProduct.Block, memory.Start + 2 * MatrixProduct.Block,
                memory.Start + 3 * MatrixProduct.Block, MatrixProduct.Block, step, 0.01, weightDecay: 0);

            for (var index = 0; index < gradients.Length; index++)
            {
                ((double)memory.Start[index]).ShouldBe(Expected(gradients[index], step), 2e-6 * Math.Abs(Expected(gradients[index], step)));
            }
        });

    [Fact]
    public void What_is_no_number_stays_none()
    {
        using var memory = new NativeFloats(4 * MatrixProduct.Block);
        memory.Start[MatrixProduct.Block] = float.NaN;
        memory.Start[MatrixProduct.Block + 1] = float.PositiveInfinity;

        AdamUpdate.Apply(
            memory.Start, memory.Start + MatrixProduct.Block, memory.Start + 2 * MatrixProduct.Block,
            memory.Start + 3 * MatrixProduct.Block, MatrixProduct.Block, 1, 0.01, weightDecay: 0);

        (float.IsFinite(memory.Start[0]), float.IsFinite(memory.Start[1]), memory.Start[2]).ShouldBe((false, false, 0f));
    }

    private static double Expected(double gradient, long step)
    {
        var (mean, square) = ((1 - AdamUpdate.Beta1) * gradient, (1 - AdamUpdate.Beta2) * gradient * gradient);
        var root = Math.Sqrt(square) / Math.Sqrt(1 - Math.Pow(AdamUpdate.Beta2, step));
        return -0.01 / (1 - Math.Pow(AdamUpdate.Beta1, step)) * mean / (root + AdamUpdate.Epsilon);
    }
}
