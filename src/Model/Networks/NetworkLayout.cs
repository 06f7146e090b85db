using System.Globalization;

namespace MacroCausal.Model.Networks;

/// <summary>
/// The shape of a MacroCausalModel, and where its tensors lie in two flat float32 buffers: what is learned (weights, biases), and what is
/// measured (running means and variances). Names are those of a PyTorch <c>nn.Sequential</c> of Linear, BatchNorm1d, ReLU, Dropout per
/// hidden layer and a last Linear: <c>layers.0.weight</c>, <c>layers.1.running_mean</c>, <c>layers.4.weight</c> ...
/// </summary>
public sealed class NetworkLayout
{
    /// <summary>What batch normalisation adds to a variance before its root is taken.</summary>
    internal const double BatchNormEpsilon = 1e-5;

    /// <summary>Share of a batch in the running statistics; the rest is what they were.</summary>
    internal const double BatchNormMomentum = 0.1;

    // Linear, BatchNorm1d, ReLU, Dropout; the first two have tensors.
    private const int ModulesPerHiddenLayer = 4;
    private const int LinearModule = 0;
    private const int BatchNormModule = 1;

    private const int ParametersPerHiddenLayer = 4;
    private const int StatisticsPerHiddenLayer = 2;

    private readonly int _baseline;

    /// <summary>Lays a network out.</summary>
    /// <param name="features">Width of the input, 1 or more.</param>
    /// <param name="hiddenLayers">Width of every hidden layer, each 1 or more; at least one.</param>
    /// <param name="style">What else it is made of; <see cref="NetworkStyle.Default"/> where it is left out.</param>
    /// <exception cref="ArgumentException">A width is below 1, there is no hidden layer, the style is unknown, or the network has more than
    /// 2^31 parameters.</exception>
    public NetworkLayout(int features, IReadOnlyList<int> hiddenLayers, NetworkStyle? style = null)
    {
        ArgumentNullException.ThrowIfNull(hiddenLayers);
        if (features < 1) throw new ArgumentException($"A network needs 1 feature or more, not {features}.", nameof(features));
        if (hiddenLayers.Count == 0 || hiddenLayers.Any(width => width < 1))
        {
            throw new ArgumentException(
                $"Hidden layers [{string.Join(", ", hiddenLayers)}] need at least one layer, each 1 or more wide.", nameof(hiddenLayers));
        }

        if (style is not null && !Enum.IsDefined(style.Activation))
        {
            throw new ArgumentException($"There is no activation {style.Activation}; is the model of a later version?", nameof(style));
        }

        Features = features;
        HiddenLayers = [.. hiddenLayers];
        Style = style ?? NetworkStyle.Default;
        Parameters = PlaceAll(LearnedShapes());
        Statistics = PlaceAll(MeasuredShapes());
        _baseline = Statistics.Count - (Style.Baseline ? BaselineTensors.Count : 0);
    }

    /// <summary>Width of the input.</summary>
    public int Features { get; }

    /// <summary>Width of every hidden layer, from the input on.</summary>
    public IReadOnlyList<int> HiddenLayers { get; }

    /// <summary>What it is made of besides.</summary>
    public NetworkStyle Style { get; }

    /// <summary>
    /// What is learned: per hidden layer weight, bias, batch norm's weight and bias; then the output's weight and bias; then the weight of
    /// the skip path, where there is one.
    /// </summary>
    public IReadOnlyList<ParameterSlot> Parameters { get; }

    /// <summary>
    /// What batch normalisation measures: per hidden layer running mean and running variance; then what a baseline is, where there is one.
    /// </summary>
    public IReadOnlyList<ParameterSlot> Statistics { get; }

    /// <summary>Elements of the buffer of <see cref="Parameters"/>.</summary>
    public int ParameterCount => Parameters[^1].Offset + Parameters[^1].Length;

    /// <summary>Elements of the buffer of <see cref="Statistics"/>.</summary>
    public int StatisticCount => Statistics[^1].Offset + Statistics[^1].Length;

    /// <summary>Weights of the output. [1, H]</summary>
    internal ParameterSlot OutputWeight => Parameters[HiddenLayers.Count * ParametersPerHiddenLayer];

    /// <summary>Bias of the output. [1]</summary>
    internal ParameterSlot OutputBias => Parameters[(HiddenLayers.Count * ParametersPerHiddenLayer) + 1];

    /// <summary>Weights of the features in the output; null where there is no skip path. [1, F]</summary>
    internal ParameterSlot? Skip => Style.Skip ? Parameters[^1] : null;

    /// <summary>The baseline's ranges and weights; null where it has none.</summary>
    internal BaselineTensors? Baseline =>
        Style.Baseline ? new BaselineTensors(Statistics[_baseline], Statistics[_baseline + 1], Statistics[_baseline + 2]) : null;

    /// <summary>Where the tensors of a hidden layer lie; layers are counted from 0.</summary>
    internal HiddenLayerSlots Hidden(int layer)
    {
        var (learned, measured) = (layer * ParametersPerHiddenLayer, layer * StatisticsPerHiddenLayer);
        return new HiddenLayerSlots(
            Parameters[learned], Parameters[learned + 1], Parameters[learned + 2], Parameters[learned + 3],
            Statistics[measured], Statistics[measured + 1]);
    }

    private IEnumerable<(string Name, long[] Shape)> LearnedShapes()
    {
        long width = Features;
        for (var layer = 0; layer < HiddenLayers.Count; layer++)
        {
            var (below, own) = (width, width = HiddenLayers[layer]);
            yield return (Name(layer, LinearModule, "weight"), [own, below]);
            yield return (Name(layer, LinearModule, "bias"), [own]);
            yield return (Name(layer, BatchNormModule, "weight"), [own]);
            yield return (Name(layer, BatchNormModule, "bias"), [own]);
        }

        yield return (Name(HiddenLayers.Count, LinearModule, "weight"), [1, width]);
        yield return (Name(HiddenLayers.Count, LinearModule, "bias"), [1]);
        if (Style.Skip) yield return ("skip.weight", [1, Features]);
    }

    private IEnumerable<(string Name, long[] Shape)> MeasuredShapes()
    {
        for (var layer = 0; layer < HiddenLayers.Count; layer++)
        {
            yield return (Name(layer, BatchNormModule, "running_mean"), [HiddenLayers[layer]]);
            yield return (Name(layer, BatchNormModule, "running_var"), [HiddenLayers[layer]]);
        }

        if (!Style.Baseline) yield break;
        yield return ("baseline.lowest", [Features]);
        yield return ("baseline.highest", [Features]);
        yield return ("baseline.weight", [1, Features]);
    }

    private static List<ParameterSlot> PlaceAll(IEnumerable<(string Name, long[] Shape)> shapes)
    {
        var slots = new List<ParameterSlot>();
        try
        {
            foreach (var (name, shape) in shapes)
            {
                slots.Add(new ParameterSlot(name, slots.Count == 0 ? 0 : checked(slots[^1].Offset + slots[^1].Length), shape));
            }

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

/// <summary>Where one named tensor lies in a flat buffer.</summary>
/// <param name="Name">PyTorch's name for it in a module whose <c>nn.Sequential</c> is called <c>layers</c>.</param>
/// <param name="Offset">First element in the flat buffer.</param>
/// <param name="Shape">Its dimensions, row-major.</param>
public sealed record ParameterSlot(string Name, int Offset, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public int Length { get; } = checked((int)Shape.Aggregate(1L, (product, size) => checked(product * size)));

    /// <summary>The tensor's elements in a flat buffer.</summary>
    internal Span<float> Of(Span<float> buffer) => buffer.Slice(Offset, Length);
}

/// <summary>Where the tensors of one hidden layer lie.</summary>
/// <param name="Weight">[H, inputs]</param>
/// <param name="Bias">[H], as all that follow.</param>
/// <param name="Gamma">Batch normalisation's weight.</param>
/// <param name="Beta">Batch normalisation's bias.</param>
/// <param name="RunningMean">In the buffer of statistics, as the next one.</param>
/// <param name="RunningVariance">Without bias.</param>
internal readonly record struct HiddenLayerSlots(
    ParameterSlot Weight, ParameterSlot Bias, ParameterSlot Gamma, ParameterSlot Beta,
    ParameterSlot RunningMean, ParameterSlot RunningVariance);

/// <summary>Where the tensors of a baseline lie in the buffer of statistics.</summary>
/// <param name="Lowest">What the features are held above before the network reads them. [F]</param>
/// <param name="Highest">What they are held below. [F]</param>
/// <param name="Weight">What the features as they came are weighted with. [1, F]</param>
internal sealed record BaselineTensors(ParameterSlot Lowest, ParameterSlot Highest, ParameterSlot Weight)
{
    public const int Count = 3;
}
