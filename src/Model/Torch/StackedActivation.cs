using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>The activations of K trials with their derivatives, as <see cref="ActivationKernel"/> has them.</summary>
internal static class StackedActivation
{
    private static readonly Scalar Zero = 0;
    private static readonly Scalar Half = 0.5;
    private static readonly Scalar MinusHalf = -0.5;
    private static readonly Scalar MinusOne = -1;
    private static readonly Scalar InverseRoot2 = 1 / Math.Sqrt(2);
    private static readonly Scalar Density0 = 1 / Math.Sqrt(2 * Math.PI);
    private static readonly Scalar SeluScale = Selu.Scale;
    private static readonly Scalar SeluDepth = Selu.Depth;

    /// <summary>The values of some sums and the slopes there, both of the sums' shape.</summary>
    public static (Tensor Value, Tensor Slope) Of(Activation activation, Tensor sums)
    {
        switch (activation)
        {
            case Activation.Relu:
                return (sums.relu(), sums.gt(Zero).to(sums.dtype));
            case Activation.Gelu:
                var distribution = sums.mul(InverseRoot2).erf_().mul_(Half).add_(Half, Held.One);
                var density = sums.mul(sums).mul_(MinusHalf).exp_().mul_(Density0);
                return (sums.mul(distribution), density.mul_(sums).add_(distribution, Held.One));
            case Activation.Silu:
                var share = sums.sigmoid();
                var silu = sums.mul(share);
                return (silu, silu.sub(silu.mul(share)).add_(share, Held.One));
            case Activation.Tanh:
                var tanh = sums.tanh();
                return (tanh, tanh.mul(tanh).mul_(MinusOne).add_(Held.One, Held.One));
            case Activation.Selu:
                var above = sums.gt(Zero);
                var below = sums.expm1().mul_(SeluDepth);
                var slope = where(above, full_like(below, SeluScale), below.add(SeluDepth, Held.One));
                return (where(above, sums.mul(SeluScale), below), slope);
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    /// <summary>The values alone, which may be in the memory of the sums.</summary>
    public static Tensor Evaluate(Activation activation, Tensor sums) =>
        activation == Activation.Relu ? sums.relu_() : Of(activation, sums).Value;
}
