using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Cpu;

/// <summary>The last layer, one unit without normalisation, and the loss.</summary>
internal static unsafe class OutputLayer
{
    /// <summary>
    /// Sum of the products of two rows of <paramref name="width"/> numbers, a multiple of <see cref="MatrixProduct.Block"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* left, float* right, int width)
    {
        var sum = Vector512<float>.Zero;
        for (var column = 0; column < width; column += Vector512<float>.Count)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(left + column), Vector512.Load(right + column), sum);
        }

        return Vector512.Sum(sum);
    }

    /// <summary>The gradient of the loss with respect to the last layer's weights and what comes into it.</summary>
    /// <param name="loss">What is minimised.</param>
    /// <param name="hidden">[rows, width]</param>
    /// <param name="error">[rows]: prediction less target.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="weight">[width]</param>
    /// <param name="width">Width of the last hidden layer, padded.</param>
    /// <param name="weightGradient">[width]; overwritten.</param>
    /// <param name="hiddenGradient">[rows, width]; overwritten.</param>
    /// <returns>The gradient of the bias.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Backward(
        TrainingLoss loss, float* hidden, float* error, int rows, float* weight, int width, float* weightGradient, float* hiddenGradient)
    {
        new Span<float>(weightGradient, width).Clear();
        var sum = 0f;
        for (var row = 0; row < rows; row++)
        {
            var slope = Loss.Gradient(loss, error[row], rows);
            var own = Vector512.Create(slope);
            sum += slope;
            for (var column = 0; column < width; column += Vector512<float>.Count)
            {
                var place = (nint)row * width + column;
                (own * Vector512.Load(weight + column)).Store(hiddenGradient + place);
                Vector512.FusedMultiplyAdd(own, Vector512.Load(hidden + place), Vector512.Load(weightGradient + column))
                    .Store(weightGradient + column);
            }
        }

        return sum;
    }
}
