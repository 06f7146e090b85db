using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Cpu;

/// <summary>The weighted sum of a row's features that is added to the output. Rows of features lie without padding.</summary>
internal static unsafe class SkipPath
{
    /// <summary>Takes the sum from each row's target: what is left is what the layers are to predict.</summary>
    /// <param name="input">[rows, features]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="weight">[features]</param>
    /// <param name="target">[rows]; lessened.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* input, int rows, int features, float* weight, float* target)
    {
        var whole = features / Vector512<float>.Count * Vector512<float>.Count;
        for (var row = 0; row < rows; row++)
        {
            var own = input + (nint)row * features;
            var sum = OutputLayer.Dot(own, weight, whole);
            for (var feature = whole; feature < features; feature++)
            {
                sum = MathF.FusedMultiplyAdd(own[feature], weight[feature], sum);
            }

            target[row] -= sum;
        }
    }

    /// <summary>The gradient of the loss with respect to the weights.</summary>
    /// <param name="loss">What is minimised.</param>
    /// <param name="input">[rows, features]</param>
    /// <param name="error">[rows]: prediction less target.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="gradient">[features]; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(TrainingLoss loss, float* input, float* error, int rows, int features, float* gradient)
    {
        new Span<float>(gradient, features).Clear();
        var whole = features / Vector512<float>.Count * Vector512<float>.Count;
        for (var row = 0; row < rows; row++)
        {
            var own = input + (nint)row * features;
            var slope = Loss.Gradient(loss, error[row], rows);
            var factor = Vector512.Create(slope);
            for (var feature = 0; feature < whole; feature += Vector512<float>.Count)
            {
                Vector512.FusedMultiplyAdd(factor, Vector512.Load(own + feature), Vector512.Load(gradient + feature))
                    .Store(gradient + feature);
            }

            for (var feature = whole; feature < features; feature++)
            {
                gradient[feature] = MathF.FusedMultiplyAdd(slope, own[feature], gradient[feature]);
            }
        }
    }
}
