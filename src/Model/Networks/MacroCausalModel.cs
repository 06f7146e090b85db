using System.Runtime.InteropServices;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MacroCausal.Model.Networks;

/// <summary>
/// A feed-forward regression network: per hidden layer Linear, BatchNorm1d, ReLU, Dropout; then Linear to one output. This is the network that answers; how it learns is written
/// out in Fused and Stacked. Its tensors are views of two flat ones (<see cref="NetworkLayout"/>).
/// </summary>
internal sealed class MacroCausalModel : IDisposable
{
    private const double Epsilon = 1e-5;
    private const int SlotsPerLayer = 4;
    private readonly Tensor[] _learned;
    private readonly Tensor[] _measured;

    private MacroCausalModel(NetworkLayout layout, float[] parameters, float[] statistics, Device device)
    {
        Layout = layout;
        _learned = Views(layout.Parameters, parameters, device);
        _measured = Views(layout.Statistics, statistics, device);
    }

    public NetworkLayout Layout { get; }

    /// <summary>A network with given weights and statistics.</summary>
    public static MacroCausalModel Load(NetworkLayout layout, float[] parameters, float[] statistics, Device device)
    {
        if (parameters.Length != layout.ParameterCount || statistics.Length != layout.StatisticCount)
            throw new ArgumentException($"{parameters.Length} weights and {statistics.Length} statistics do not fit a network of {layout.ParameterCount} and {layout.StatisticCount}.");
        return new MacroCausalModel(layout, parameters, statistics, device);
    }

    /// <summary>Answers one number a row, by the running statistics.</summary>
    /// <param name="x">[B, F]</param>
    /// <returns>[B]</returns>
    public Tensor Forward(Tensor x)
    {
        var hidden = x;
        for (var layer = 0; layer < Layout.HiddenLayers.Count; layer++)
        {
            var first = layer * SlotsPerLayer;
            hidden = functional.linear(hidden, _learned[first], _learned[first + 1]); // [B, H]
            hidden = functional.batch_norm(hidden, _measured[2 * layer], _measured[2 * layer + 1], _learned[first + 2], _learned[first + 3], training: false, eps: Epsilon);
            hidden = hidden.relu();
        }

        return functional.linear(hidden, _learned[^2], _learned[^1]).squeeze(1);
    }

    public void Dispose()
    {
        foreach (var tensor in _learned.Concat(_measured))
            tensor.Dispose();
    }

    private static Tensor[] Views(IReadOnlyList<ParameterSlot> slots, float[] values, Device device)
    {
        using var scope = NewDisposeScope();
        var flat = tensor(values, device: device);
        return [.. slots.Select(slot => flat.narrow(0, slot.Offset, slot.Length).view([.. slot.Shape]).DetachFromDisposeScope())];
    }
}

/// <summary>Moves float32 values between tensors and arrays.</summary>
internal static class Flat
{
    public static float[] Read(Tensor values)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(values.detach().cpu().bytes).ToArray();
    }
}
