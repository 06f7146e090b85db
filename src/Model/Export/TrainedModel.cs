using System.Text.Json;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Export;

/// <summary>
/// The weights and statistics of a network that is done: the <c>model.safetensors</c> of a single trial. Its tensors have PyTorch's names,
/// so a module with an <c>nn.Sequential</c> called <c>layers</c> loads them.
/// </summary>
public sealed class TrainedModel
{
    internal const string Format = "macrocausal-model/1";

    private TrainedModel(NetworkLayout layout, float[] parameters, float[] statistics)
    {
        (Layout, Parameters, Statistics) = (layout, parameters, statistics);
    }

    /// <summary>Shape of the network.</summary>
    public NetworkLayout Layout { get; }

    internal float[] Parameters { get; }

    internal float[] Statistics { get; }

    /// <summary>The model of a trial's best epoch.</summary>
    /// <exception cref="ModelFileException">No epoch of the trial had a finite validation loss.</exception>
    public static TrainedModel BestOf(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.History.BestEpoch > 0
            ? new TrainedModel(checkpoint.Layout, checkpoint.State.BestParameters, checkpoint.State.BestStatistics)
            : throw new ModelFileException(
                $"None of the trial's {checkpoint.Epoch} epochs has a finite validation loss, "
                + "so it has no best model; take another trial.");
    }

    /// <summary>
    /// A weighted sum of the features as a network: <c>s = w x + b</c> is <c>relu(s) - relu(-s)</c>, two hidden units whose batch
    /// normalisation changes nothing.
    /// </summary>
    /// <param name="weights">A weight for every feature, [F].</param>
    /// <param name="intercept">What is added.</param>
    public static TrainedModel OfLinear(IReadOnlyList<double> weights, double intercept)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var layout = new NetworkLayout(weights.Count, [2]);
        var (parameters, statistics) = (new float[layout.ParameterCount], new float[layout.StatisticCount]);
        var hidden = layout.Hidden(0);
        foreach (var (unit, sign) in new[] { 1, -1 }.Index())
        {
            var row = hidden.Weight.Of(parameters).Slice(unit * weights.Count, weights.Count);
            for (var feature = 0; feature < row.Length; feature++)
            {
                row[feature] = (float)(sign * weights[feature]);
            }

            hidden.Bias.Of(parameters)[unit] = (float)(sign * intercept);
            hidden.Gamma.Of(parameters)[unit] = 1;
            hidden.RunningVariance.Of(statistics)[unit] = (float)(1 - NetworkLayout.BatchNormEpsilon);
            layout.OutputWeight.Of(parameters)[unit] = sign;
        }

        return new TrainedModel(layout, parameters, statistics);
    }

    /// <summary>The weights and statistics that a network has now; a copy.</summary>
    public static TrainedModel Of(MacroCausalModel network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new TrainedModel(network.Layout, network.Parameters, network.Statistics);
    }

    /// <summary>Writes <c>model.safetensors</c>; the same model gives the same bytes.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["hidden_layers"] = JsonSerializer.Serialize(Layout.HiddenLayers),
        };
        new SafetensorsFile(metadata, [.. Tensors("")]).Write(stream);
    }

    /// <summary>Reads a <c>model.safetensors</c> of one network.</summary>
    /// <exception cref="ModelFileException">It is cut short, corrupted, or no model of this version.</exception>
    public static TrainedModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var file = SafetensorsFile.Read(stream);
        return FormatOf(file) == Format ? Of(file) : throw UnknownFormat(file, $"\"{Format}\"");
    }

    /// <summary>The network of a file whose format was looked at.</summary>
    internal static TrainedModel Of(SafetensorsFile file) =>
        Of(file, "", file.Metadata.GetValueOrDefault("hidden_layers", "[]"));

    /// <summary>One network of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names of its tensors begin with.</param>
    /// <param name="hiddenLayers">Widths of its hidden layers, as JSON.</param>
    internal static TrainedModel Of(SafetensorsFile file, string prefix, string hiddenLayers)
    {
        var layout = ReadLayout(file, prefix, hiddenLayers);
        return new TrainedModel(
            layout,
            Join(file, prefix, layout.Parameters, layout.ParameterCount),
            Join(file, prefix, layout.Statistics, layout.StatisticCount));
    }

    internal static string? FormatOf(SafetensorsFile file) => file.Metadata.GetValueOrDefault("format");

    internal static ModelFileException UnknownFormat(SafetensorsFile file, string known) => new(
        $"The file is of format \"{FormatOf(file)}\", not {known}; is it a checkpoint, or of another version?");

    /// <summary>The tensors of the network, their names after a prefix.</summary>
    internal IEnumerable<SafetensorsTensor> Tensors(string prefix) =>
        [.. Tensors(prefix, Layout.Parameters, Parameters), .. Tensors(prefix, Layout.Statistics, Statistics)];

    internal ReadOnlySpan<float> Parameter(ParameterSlot slot) => slot.Of(Parameters);

    internal ReadOnlySpan<float> Statistic(ParameterSlot slot) => slot.Of(Statistics);

    private static NetworkLayout ReadLayout(SafetensorsFile file, string prefix, string hiddenLayers)
    {
        try
        {
            var hidden = JsonSerializer.Deserialize<int[]>(hiddenLayers) ?? [];
            return new NetworkLayout(checked((int)file[prefix + "layers.0.weight"].Shape[^1]), hidden);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or OverflowException)
        {
            throw new ModelFileException("The file does not say the shape of its network; it is corrupted.", exception);
        }
    }

    private static IEnumerable<SafetensorsTensor> Tensors(string prefix, IReadOnlyList<ParameterSlot> slots, float[] values) =>
        slots.Select(slot => SafetensorsTensor.Of(prefix + slot.Name, slot.Of(values), slot.Shape));

    private static float[] Join(SafetensorsFile file, string prefix, IReadOnlyList<ParameterSlot> slots, int length)
    {
        var values = new float[length];
        foreach (var slot in slots)
        {
            var tensor = file[prefix + slot.Name];
            if (!tensor.Shape.SequenceEqual(slot.Shape))
            {
                throw new ModelFileException(
                    $"Tensor \"{prefix}{slot.Name}\" is [{string.Join(", ", tensor.Shape)}] where "
                    + $"the network has [{string.Join(", ", slot.Shape)}]; the file is corrupted.");
            }

            tensor.Floats().CopyTo(values, slot.Offset);
        }

        return values;
    }
}
