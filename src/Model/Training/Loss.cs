using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>
/// The loss that trials are compared by: mean squared error of the scaled target; and the gradients of what they minimise, this or another
/// <see cref="TrainingLoss"/>. Value, gradient and unit stand here alone; the processor's kernels and torch take them from here. It holds
/// no tensor, so that the processor's trainer does not load torch.
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

    /// <summary>Derivative of a loss over <paramref name="rows"/> rows with respect to one row's prediction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Gradient(TrainingLoss loss, float error, int rows) =>
        loss == TrainingLoss.Mse ? 2 * error / rows : Slope(loss, error) / rows;

    /// <summary>What is minimised over some rows, with a gradient. Scalar</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="error">[B]</param>
    internal static Tensor Mean(TrainingLoss loss, Tensor error) => loss switch
    {
        TrainingLoss.Mae => error.abs().mean(),
        TrainingLoss.Huber => nn.functional.huber_loss(error, zeros_like(error)),
        _ => error.mul(error).mean(),
    };

    /// <summary>Sums of the rows' parts.</summary>
    /// <param name="error">[K, B]</param>
    /// <returns>[K], float64</returns>
    internal static Tensor Sum(Tensor error)
    {
        using var exact = error.to(ScalarType.Float64);
        return exact.mul(exact).sum(1);
    }

    /// <summary><see cref="Gradient(TrainingLoss, float, int)"/> of every row of K trials. [K, B]</summary>
    internal static Tensor Gradient(TrainingLoss loss, Tensor error, int rows)
    {
        using Scalar slope = (loss == TrainingLoss.Mse ? 2.0 : 1.0) / rows;
        return loss switch
        {
            TrainingLoss.Mae => error.sign().mul_(slope),
            TrainingLoss.Huber => Within(error).mul_(slope),
            _ => error.mul(slope),
        };
    }

    private static Tensor Within(Tensor error)
    {
        using Scalar lowest = -1, highest = 1;
        return error.clamp(lowest, highest);
    }

    // What is no number stays none.
    private static float Slope(TrainingLoss loss, float error) => loss == TrainingLoss.Huber
        ? error > 1 ? 1 : error < -1 ? -1 : error
        : error > 0 ? 1 : error < 0 ? -1 : error;
}
