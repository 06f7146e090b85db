using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>Evaluates K trials on rows that they have not learned from, by their running statistics.</summary>
internal static class StackedEvaluator
{
    private const long ChunkValues = 1 << 24;
    private static readonly Scalar Epsilon = NetworkLayout.BatchNormEpsilon;

    /// <summary>Sums of the loss over some rows. [K], float64</summary>
    public static Tensor SumLoss(TrialStack stack, StackedRows rows, int start, int count)
    {
        var chunk = (int)Math.Clamp(ChunkValues / ((long)stack.Count * stack.Layers.Max(layer => layer.Width)), 1, count);
        var sums = zeros(stack.Count, ScalarType.Float64, stack.Parameters.device);
        for (var from = start; from < start + count; from += chunk)
        {
            using var scope = NewDisposeScope();
            var piece = Math.Min(chunk, start + count - from);
            var error = Forward(stack, rows.X.narrow(0, from, piece)).sub_(rows.Y.narrow(0, from, piece));
            sums.add_(Loss.Sum(error), Held.One);
        }

        return sums;
    }

    // [B, F] to [K, B]
    private static Tensor Forward(TrialStack stack, Tensor x)
    {
        var hidden = x.unsqueeze(0).expand(stack.Count, -1, -1);
        foreach (var layer in stack.Layers)
        {
            var factor = layer.Gamma.div(layer.RunningVariance.add(Epsilon, Held.One).sqrt_()); // [K, H]
            var term = layer.Bias.sub(layer.RunningMean).mul_(factor).add_(layer.Beta, Held.One);
            hidden = hidden.bmm(layer.Weight.transpose(1, 2)).mul_(factor.unsqueeze(1)).add_(term.unsqueeze(1), Held.One);
            hidden = StackedActivation.Evaluate(stack.Layout.Style.Activation, hidden);
        }

        var output = hidden.bmm(stack.OutputWeight.transpose(1, 2)).squeeze(2).add_(stack.OutputBias, Held.One);
        return stack.Skip is { } skip ? output.add_(skip.squeeze(1).matmul(x.t()), Held.One) : output;
    }
}
