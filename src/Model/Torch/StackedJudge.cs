using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>Judges K trials on rows that they have not learned from, by their running statistics.</summary>
internal static class StackedJudge
{
    private const long ValuesAtOnce = 1 << 24;
    private static readonly Scalar Epsilon = 1e-5;

    /// <summary>Sums of the squared errors over some rows. [K], float64</summary>
    public static Tensor Squares(TrialStack stack, StackedRows rows, int start, int count)
    {
        var atOnce = (int)Math.Clamp(ValuesAtOnce / ((long)stack.Count * stack.Layers.Max(layer => layer.Width)), 1, count);
        var squares = zeros(stack.Count, ScalarType.Float64, stack.Parameters.device);
        for (var from = start; from < start + count; from += atOnce)
        {
            using var scope = NewDisposeScope();
            var piece = Math.Min(atOnce, start + count - from);
            var error = Answer(stack, rows.X.narrow(0, from, piece)).sub_(rows.Y.narrow(0, from, piece));
            squares.add_(error.to(ScalarType.Float64).square().sum(1));
        }

        return squares;
    }

    // [B, F] to [K, B]
    private static Tensor Answer(TrialStack stack, Tensor x)
    {
        var hidden = x.unsqueeze(0).expand(stack.Count, -1, -1);
        foreach (var layer in stack.Layers)
        {
            var factor = layer.Gamma.div(layer.RunningVariance.add(Epsilon).sqrt_()); // [K, H]
            var term = layer.Bias.sub(layer.RunningMean).mul_(factor).add_(layer.Beta);
            hidden = hidden.bmm(layer.Weight.transpose(1, 2)).mul_(factor.unsqueeze(1)).add_(term.unsqueeze(1)).relu_();
        }

        return hidden.bmm(stack.OutputWeight.transpose(1, 2)).squeeze(2).add_(stack.OutputBias);
    }
}
