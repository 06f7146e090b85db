using System.Globalization;

namespace MacroCausal.Model.Networks;

/// <summary>
/// The shape of a MacroCausalModel, and where its tensors lie in two flat float32 buffers: what is learned (weights, biases), and what is measured (running means and
/// variances). Names are those of a PyTorch <c>nn.Sequential</c> of Linear, BatchNorm1d, ReLU, Dropout per hidden layer and a last Linear: <c>layers.0.weight</c>,
/// <c>layers.1.running_mean</c>, <c>layers.4.weight</c> ...
/// </summary>
public sealed class NetworkLayout
{
    private const int ModulesPerHiddenLayer = 4;

    /// <summary>Lays a network out.</summary>
    /// <param name="features">Width of the input, 1 or more.</param>
    /// <param name="hiddenLayers">Width of every hidden layer, each 1 or more; at least one.</param>
    /// <exception cref="ArgumentException">A width is below 1, there is no hidden layer, or the network has more than 2^31 parameters.</exception>
    public NetworkLayout(int features, IReadOnlyList<int> hiddenLayers)
    {
        ArgumentNullException.ThrowIfNull(hiddenLayers);
        if (features < 1)
            throw new ArgumentException($"A network needs 1 feature or more, not {features}.", nameof(features));
        if (hiddenLayers.Count == 0 || hiddenLayers.Any(width => width < 1))
            throw new ArgumentException($"Hidden layers [{string.Join(", ", hiddenLayers)}] need at least one layer, each 1 or more wide.", nameof(hiddenLayers));

        Features = features;
        HiddenLayers = [.. hiddenLayers];
        Parameters = PlaceAll(LearnedShapes());
        Statistics = PlaceAll(MeasuredShapes());
    }

    /// <summary>Width of the input.</summary>
    public int Features { get; }

    /// <summary>Width of every hidden layer, from the input on.</summary>
    public IReadOnlyList<int> HiddenLayers { get; }

    /// <summary>What is learned: per hidden layer weight, bias, batch norm's weight and bias; then the output's weight and bias.</summary>
    public IReadOnlyList<ParameterSlot> Parameters { get; }

    /// <summary>What batch normalisation measures: per hidden layer running mean and running variance.</summary>
    public IReadOnlyList<ParameterSlot> Statistics { get; }

    /// <summary>Elements of the buffer of <see cref="Parameters"/>.</summary>
    public int ParameterCount => Parameters[^1].Offset + Parameters[^1].Length;

    /// <summary>Elements of the buffer of <see cref="Statistics"/>.</summary>
    public int StatisticCount => Statistics[^1].Offset + Statistics[^1].Length;

    private IEnumerable<(string Name, long[] Shape)> LearnedShapes()
    {
        long width = Features;
        for (var layer = 0; layer < HiddenLayers.Count; layer++)
        {
            var (below, own) = (width, width = HiddenLayers[layer]);
            yield return (Name(layer, 0, "weight"), [own, below]);
            yield return (Name(layer, 0, "bias"), [own]);
            yield return (Name(layer, 1, "weight"), [own]);
            yield return (Name(layer, 1, "bias"), [own]);
        }

        yield return (Name(HiddenLayers.Count, 0, "weight"), [1, width]);
        yield return (Name(HiddenLayers.Count, 0, "bias"), [1]);
    }

    private IEnumerable<(string Name, long[] Shape)> MeasuredShapes()
    {
        for (var layer = 0; layer < HiddenLayers.Count; layer++)
        {
            yield return (Name(layer, 1, "running_mean"), [HiddenLayers[layer]]);
            yield return (Name(layer, 1, "running_var"), [HiddenLayers[layer]]);
        }
    }

    private static List<ParameterSlot> PlaceAll(IEnumerable<(string Name, long[] Shape)> shapes)
    {
        var slots = new List<ParameterSlot>();
        try
        {
            foreach (var (name, shape) in shapes)
                slots.Add(new ParameterSlot(name, slots.Count == 0 ? 0 : checked(slots[^1].Offset + slots[^1].Length), shape));
            _ = checked(slots[^1].Offset + slots[^1].Length);
        }
        catch (OverflowException exception)
        {
            throw new ArgumentException("The network has more than 2^31 parameters; use narrower layers.", nameof(shapes), exception);
        }

        return slots;
    }

    private static string Name(int layer, int module, string tensor) =>
        string.Create(CultureInfo.InvariantCulture, $"layers.{layer * ModulesPerHiddenLayer + module}.{tensor}");
}
