using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MacroCausal.Model.Networks;

/// <summary>
/// A feed-forward regression network: per hidden layer Linear, BatchNorm1d, ReLU, Dropout; then Linear to one output. This is the network
/// that predicts; its training is written out in Cpu and Torch. Its tensors are views of two flat ones (<see cref="NetworkLayout"/>).
/// </summary>
internal sealed class MacroCausalModel : IDisposable
{
    private readonly Tensor _parameters;
    private readonly Tensor _statistics;

    private MacroCausalModel(NetworkLayout layout, float[] parameters, float[] statistics, Device device)
    {
        (Layout, _parameters, _statistics) = (layout, Flat.Aligned(parameters, device), Flat.Aligned(statistics, device));
        _parameters.DetachFromDisposeScope();
        _statistics.DetachFromDisposeScope();
    }

    public NetworkLayout Layout { get; }

    /// <summary>A network with given weights and statistics.</summary>
    /// <exception cref="ArgumentException">They are not as many as the layout has.</exception>
    public static MacroCausalModel Load(NetworkLayout layout, float[] parameters, float[] statistics, Device device)
    {
        if (parameters.Length != layout.ParameterCount || statistics.Length != layout.StatisticCount)
        {
            throw new ArgumentException(
                $"{parameters.Length} weights and {statistics.Length} statistics do not fit "
                + $"a network of {layout.ParameterCount} and {layout.StatisticCount}.");
        }

        return new MacroCausalModel(layout, parameters, statistics, device);
    }

    /// <summary>Predicts one number a row, by the running statistics. Without a gradient.</summary>
    /// <param name="x">[B, F]</param>
    /// <returns>[B]</returns>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var hidden = x;
        for (var layer = 0; layer < Layout.HiddenLayers.Count; layer++)
        {
            var slots = Layout.Hidden(layer);
            hidden = functional.linear(hidden, View(slots.Weight), View(slots.Bias)); // [B, H]
            hidden = functional.batch_norm(
                hidden, Statistic(slots.RunningMean), Statistic(slots.RunningVariance), View(slots.Gamma), View(slots.Beta),
                training: false, eps: NetworkLayout.BatchNormEpsilon);
            hidden = hidden.relu();
        }

        return functional.linear(hidden, View(Layout.OutputWeight), View(Layout.OutputBias)).squeeze(1).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _parameters.Dispose();
        _statistics.Dispose();
    }

    private Tensor View(ParameterSlot slot) => _parameters.narrow(0, slot.Offset, slot.Length).view([.. slot.Shape]);

    private Tensor Statistic(ParameterSlot slot) => _statistics.narrow(0, slot.Offset, slot.Length);
}

/// <summary>Takes float32 values into tensors and reads them out.</summary>
internal static class Flat
{
    /// <summary>
    /// Values in torch's own memory, which is aligned. A tensor over an array begins where the array does, and a matrix product sums in
    /// another order there: the last bit of a prediction would depend on where the array lies.
    /// </summary>
    public static Tensor Aligned(float[] values, Device device)
    {
        using var over = tensor(values, device: device);
        return over.clone();
    }

    public static float[] Read(Tensor values)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(values.detach().cpu().bytes).ToArray();
    }
}
