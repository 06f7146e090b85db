using MacroCausal.Model.Networks;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>One hidden layer of K trials: views of a <see cref="TrialStack"/>'s flat tensors.</summary>
internal sealed class StackedLayer : IDisposable
{
    public StackedLayer(NetworkLayout layout, int layer, Tensor parameters, Tensor gradient, Tensor statistics)
    {
        var slots = layout.Hidden(layer);
        Width = layout.HiddenLayers[layer];
        Weight = View(parameters, slots.Weight);
        Bias = View(parameters, slots.Bias);
        Gamma = View(parameters, slots.Gamma);
        Beta = View(parameters, slots.Beta);
        WeightGradient = View(gradient, slots.Weight);
        GammaGradient = View(gradient, slots.Gamma);
        BetaGradient = View(gradient, slots.Beta);
        RunningMean = View(statistics, slots.RunningMean);
        RunningVariance = View(statistics, slots.RunningVariance);
    }

    public int Width { get; }

    /// <summary>[K, out, in]</summary>
    public Tensor Weight { get; }

    /// <summary>[K, out], as are the next two.</summary>
    public Tensor Bias { get; }

    public Tensor Gamma { get; }

    public Tensor Beta { get; }

    /// <summary>[K, out, in]</summary>
    public Tensor WeightGradient { get; }

    /// <summary>[K, out], as are the next three.</summary>
    public Tensor GammaGradient { get; }

    public Tensor BetaGradient { get; }

    public Tensor RunningMean { get; }

    public Tensor RunningVariance { get; }

    /// <summary>The part of each trial's row that a slot names.</summary>
    public static Tensor View(Tensor rows, ParameterSlot slot) =>
        rows.narrow(1, slot.Offset, slot.Length).view([rows.shape[0], .. slot.Shape]).DetachFromDisposeScope();

    public void Dispose()
    {
        foreach (var view in new[] { Weight, Bias, Gamma, Beta, WeightGradient, GammaGradient, BetaGradient, RunningMean, RunningVariance })
        {
            view.Dispose();
        }
    }
}
