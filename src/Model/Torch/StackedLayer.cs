using MacroCausal.Model.Networks;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>One hidden layer of K trials: views of a <see cref="TrialStack"/>'s flat tensors.</summary>
internal sealed class StackedLayer : IDisposable
{
    private const int SlotsPerLayer = 4;

    public StackedLayer(NetworkLayout layout, int layer, Tensor parameters, Tensor gradient, Tensor statistics)
    {
        var first = layer * SlotsPerLayer;
        Width = layout.HiddenLayers[layer];
        Weight = View(parameters, layout.Parameters[first]);
        Bias = View(parameters, layout.Parameters[first + 1]);
        Gamma = View(parameters, layout.Parameters[first + 2]);
        Beta = View(parameters, layout.Parameters[first + 3]);
        WeightGradient = View(gradient, layout.Parameters[first]);
        GammaGradient = View(gradient, layout.Parameters[first + 2]);
        BetaGradient = View(gradient, layout.Parameters[first + 3]);
        RunningMean = View(statistics, layout.Statistics[2 * layer]);
        RunningVariance = View(statistics, layout.Statistics[2 * layer + 1]);
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
            view.Dispose();
    }
}
