using System.Runtime.InteropServices;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MacroCausal.Model.Networks;

/// <summary>
/// A feed-forward regression network: per hidden layer Linear, BatchNorm1d, ReLU, Dropout; then Linear to one output. All that it learns lies in one flat float32
/// tensor and all that it measures in another (<see cref="NetworkLayout"/>), so that an optimiser step and a copy are a few operations each.
/// </summary>
internal sealed class MacroCausalModel : IDisposable
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;
    private const int SlotsPerLayer = 4;
    private readonly long[] _sizes;
    private readonly Tensor[] _measured;

    private MacroCausalModel(NetworkLayout layout, float[] parameters, float[] statistics, Device device)
    {
        Layout = layout;
        _sizes = [.. layout.Parameters.Select(slot => (long)slot.Length)];
        Parameters = tensor(parameters, device: device, requires_grad: true).DetachFromDisposeScope();
        Statistics = tensor(statistics, device: device).DetachFromDisposeScope();
        _measured = [.. layout.Statistics.Select(slot => Statistics.narrow(0, slot.Offset, slot.Length).DetachFromDisposeScope())];
    }

    public NetworkLayout Layout { get; }

    /// <summary>What is learned; a leaf of the gradient's graph. [P]</summary>
    public Tensor Parameters { get; }

    /// <summary>Running means and variances. [S]</summary>
    public Tensor Statistics { get; }

    /// <summary>A network with PyTorch's first weights: Linear uniform within 1/sqrt(fan in) (kaiming_uniform_ with a = sqrt(5)), batch norm 1 and 0.</summary>
    public static MacroCausalModel Create(NetworkLayout layout, long seed, Device device)
    {
        var random = new RandomStream(seed, Purpose.Initialisation, 0);
        var parameters = new float[layout.ParameterCount];
        for (var slot = 0; slot < layout.Parameters.Count; slot++)
            FirstValues(layout, slot, parameters, ref random);

        var statistics = new float[layout.StatisticCount];
        foreach (var variance in layout.Statistics.Where((_, index) => index % 2 == 1))
            statistics.AsSpan(variance.Offset, variance.Length).Fill(1);
        return new MacroCausalModel(layout, parameters, statistics, device);
    }

    /// <summary>A network with given weights and statistics.</summary>
    public static MacroCausalModel Load(NetworkLayout layout, float[] parameters, float[] statistics, Device device)
    {
        if (parameters.Length != layout.ParameterCount || statistics.Length != layout.StatisticCount)
            throw new ArgumentException($"{parameters.Length} weights and {statistics.Length} statistics do not fit a network of {layout.ParameterCount} and {layout.StatisticCount}.");
        return new MacroCausalModel(layout, parameters, statistics, device);
    }

    /// <summary>Answers one number a row. Normalises by the batch and updates the statistics where it trains, by the statistics otherwise.</summary>
    /// <param name="x">[B, F]</param>
    /// <param name="training">Whether batch normalisation learns.</param>
    /// <param name="masks">Factors of every hidden layer's units, 0 for the silenced ones, each [B, H]; none without dropout.</param>
    /// <returns>[B]</returns>
    public Tensor Forward(Tensor x, bool training, IReadOnlyList<Tensor>? masks = null)
    {
        // One split, whose backward pass is one concatenation: the gradient arrives flat.
        var slots = Parameters.split(_sizes);
        var hidden = x;
        for (var layer = 0; layer < Layout.HiddenLayers.Count; layer++)
        {
            var (first, width) = (layer * SlotsPerLayer, Layout.HiddenLayers[layer]);
            hidden = functional.linear(hidden, slots[first].view(width, hidden.shape[1]), slots[first + 1]); // [B, H]
            hidden = functional.batch_norm(hidden, _measured[2 * layer], _measured[2 * layer + 1], slots[first + 2], slots[first + 3], training, Momentum, Epsilon);
            hidden = hidden.relu();
            hidden = masks is null ? hidden : hidden.mul(masks[layer]);
        }

        return functional.linear(hidden, slots[^2].view(1, hidden.shape[1]), slots[^1]).squeeze(1);
    }

    public void Dispose()
    {
        foreach (var view in _measured)
            view.Dispose();
        Statistics.Dispose();
        Parameters.Dispose();
    }

    private static void FirstValues(NetworkLayout layout, int slot, float[] parameters, ref RandomStream random)
    {
        var values = parameters.AsSpan(layout.Parameters[slot].Offset, layout.Parameters[slot].Length);
        var last = slot >= layout.Parameters.Count - 2;
        var within = slot % SlotsPerLayer;
        if (within < 2 || last)
        {
            var weight = layout.Parameters[slot - within];
            var bound = (float)(1 / Math.Sqrt(weight.Shape[1]));
            foreach (ref var value in values)
                value = random.Signed() * bound;
        }
        else
        {
            values.Fill(within == 2 ? 1 : 0);
        }
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
