using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>
/// The loss that trials minimise and are compared by: mean squared error of the scaled target. Value, gradient and unit stand here alone;
/// the processor's kernels and torch take them from here. It holds no tensor, so that the processor's trainer does not load torch.
/// </summary>
public static class Loss
{
    /// <summary>From the scaled target's loss to that of the target in its own unit; for a squared error, the unit squared.</summary>
    /// <param name="loss">Of the scaled target.</param>
    /// <param name="targetScale">The target's standard deviation over the training rows.</param>
    public static double InTargetUnit(double loss, double targetScale) => loss * targetScale * targetScale;

    /// <summary>One row's part; the loss is the mean over all rows.</summary>
    /// <param name="error">Prediction less target.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Value(float error) => (double)error * error;

    /// <summary>Derivative of the loss over <paramref name="rows"/> rows with respect to one row's prediction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Gradient(float error, int rows) => 2 * error / rows;

    /// <summary>The loss of some rows, with a gradient. Scalar</summary>
    /// <param name="error">[B]</param>
    internal static Tensor Mean(Tensor error) => error.mul(error).mean();

    /// <summary>Sums of the rows' parts.</summary>
    /// <param name="error">[K, B]</param>
    /// <returns>[K], float64</returns>
    internal static Tensor Sum(Tensor error)
    {
        using var exact = error.to(ScalarType.Float64);
        return exact.mul(exact).sum(1);
    }

    /// <summary><see cref="Gradient(float, int)"/> of every row of K trials. [K, B]</summary>
    internal static Tensor Gradient(Tensor error, int rows)
    {
        using Scalar slope = 2.0 / rows;
        return error.mul(slope);
    }
}
