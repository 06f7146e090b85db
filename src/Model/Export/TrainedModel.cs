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

    /// <summary>
    /// That of a network of another style than the default one, which older versions would read wrongly: its metadata have a <c>style</c>.
    /// </summary>
    internal const string StyledFormat = "macrocausal-model/2";

    // The last two units of every hidden layer that carry a sum to the output: what is above 0 of it, and what is below.
    private const int Carriers = 2;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private TrainedModel(NetworkLayout layout, float[] parameters, float[] statistics)
    {
        (Layout, Parameters, Statistics) = (layout, parameters, statistics);
    }

    /// <summary>Shape of the network.</summary>
    public NetworkLayout Layout { get; }

    /// <summary>Whether it is of another style than the default one.</summary>
    internal bool IsStyled => Layout.Style != NetworkStyle.Default;

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
        var sum = Empty(new NetworkLayout(weights.Count, [Carriers]));
        sum.CarrySum(weights, intercept);
        return sum;
    }

    /// <summary>
    /// This network, which learned the residual of a weighted sum from features that were held within ranges, as one that forecasts the
    /// target from features as they are: <c>s + scale * output</c>.
    /// </summary>
    /// <param name="weights">A weight for every feature, [F].</param>
    /// <param name="intercept">What is added.</param>
    /// <param name="scale">What this network's output is multiplied by, above 0.</param>
    /// <param name="lowest">Lowest value of every feature, [F].</param>
    /// <param name="highest">Highest value of every feature, [F], not below the lowest.</param>
    public TrainedModel WithBaseline(
        IReadOnlyList<double> weights, double intercept, double scale, IReadOnlyList<float> lowest, IReadOnlyList<float> highest)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(lowest);
        ArgumentNullException.ThrowIfNull(highest);
        if (!IsStyled) return Within(lowest, highest).Plus(weights, intercept, scale);

        // Units of ReLU cannot carry a sum through such a network, so that the baseline stands beside it.
        var both = Empty(new NetworkLayout(Layout.Features, Layout.HiddenLayers, Layout.Style with { Baseline = true }));
        Parameters.CopyTo(both.Parameters, 0);
        Statistics.CopyTo(both.Statistics, 0);
        ParameterSlot?[] scaled = [both.Layout.OutputWeight, both.Layout.Skip];
        foreach (var slot in scaled.OfType<ParameterSlot>())
        {
            foreach (ref var value in slot.Of(both.Parameters))
            {
                value = (float)(scale * value);
            }
        }

        ref var bias = ref both.Layout.OutputBias.Of(both.Parameters)[0];
        bias = (float)((scale * bias) + intercept);
        var baseline = both.Layout.Baseline!;
        for (var feature = 0; feature < Layout.Features; feature++)
        {
            baseline.Lowest.Of(both.Statistics)[feature] = lowest[feature];
            baseline.Highest.Of(both.Statistics)[feature] = highest[feature];
            baseline.Weight.Of(both.Statistics)[feature] = (float)weights[feature];
        }

        return both;
    }

    /// <summary>
    /// This network together with a weighted sum of the features whose residual it was trained on: <c>s + scale * output</c>, as one
    /// network. Two more units in every hidden layer carry <c>relu(s)</c> and <c>relu(-s)</c> to the output. Of the default style.
    /// </summary>
    internal TrainedModel Plus(IReadOnlyList<double> weights, double intercept, double scale)
    {
        var both = Empty(new NetworkLayout(Layout.Features, [.. Layout.HiddenLayers.Select(width => width + Carriers)]));
        for (var layer = 0; layer < Layout.HiddenLayers.Count; layer++)
        {
            var (own, wider) = (Layout.Hidden(layer), both.Layout.Hidden(layer));
            CopyRows(own.Weight.Of(Parameters), own.Weight, wider.Weight.Of(both.Parameters), wider.Weight);
            foreach (var (from, to) in new[] { (own.Bias, wider.Bias), (own.Gamma, wider.Gamma), (own.Beta, wider.Beta) })
            {
                from.Of(Parameters).CopyTo(to.Of(both.Parameters));
            }

            own.RunningMean.Of(Statistics).CopyTo(wider.RunningMean.Of(both.Statistics));
            own.RunningVariance.Of(Statistics).CopyTo(wider.RunningVariance.Of(both.Statistics));
        }

        both.CarrySum(weights, intercept);
        var output = both.Layout.OutputWeight.Of(both.Parameters);
        foreach (var (unit, weight) in Layout.OutputWeight.Of(Parameters).ToArray().Index())
        {
            output[unit] = (float)(scale * weight);
        }

        both.Layout.OutputBias.Of(both.Parameters)[0] = (float)(scale * Layout.OutputBias.Of(Parameters)[0]);
        return both;
    }

    /// <summary>
    /// This network as it is for features that are held within ranges, as one network: a first hidden layer of
    /// <c>relu(x - lowest)</c> and <c>relu(x - highest)</c> for every feature. Of the default style.
    /// </summary>
    internal TrainedModel Within(IReadOnlyList<float> lowest, IReadOnlyList<float> highest)
    {
        var features = Layout.Features;
        var held = Empty(new NetworkLayout(features, [2 * features, .. Layout.HiddenLayers]));
        var first = held.Layout.Hidden(0);
        for (var feature = 0; feature < features; feature++)
        {
            foreach (var (unit, bound) in new[] { (2 * feature, lowest[feature]), ((2 * feature) + 1, highest[feature]) })
            {
                first.Weight.Of(held.Parameters)[(unit * features) + feature] = 1;
                first.Bias.Of(held.Parameters)[unit] = -bound;
                held.PassThrough(first, unit);
            }
        }

        // What was the first layer now reads lowest + relu(x - lowest) - relu(x - highest).
        var (own, reads) = (Layout.Hidden(0), held.Layout.Hidden(1));
        for (var unit = 0; unit < Layout.HiddenLayers[0]; unit++)
        {
            var row = own.Weight.Of(Parameters).Slice(unit * features, features);
            double bias = own.Bias.Of(Parameters)[unit];
            for (var feature = 0; feature < features; feature++)
            {
                var at = (unit * 2 * features) + (2 * feature);
                (reads.Weight.Of(held.Parameters)[at], reads.Weight.Of(held.Parameters)[at + 1]) = (row[feature], -row[feature]);
                bias += (double)row[feature] * lowest[feature];
            }

            reads.Bias.Of(held.Parameters)[unit] = (float)bias;
        }

        // Everything behind the first layer's weights stands as it did, in the same order.
        var (from, to) = (own.Gamma.Offset, reads.Gamma.Offset);
        Parameters.AsSpan(from).CopyTo(held.Parameters.AsSpan(to));
        Statistics.CopyTo(held.Statistics, reads.RunningMean.Offset);
        return held;
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
            ["format"] = IsStyled ? StyledFormat : Format,
            ["hidden_layers"] = JsonSerializer.Serialize(Layout.HiddenLayers),
        };
        if (IsStyled)
        {
            metadata["style"] = JsonSerializer.Serialize(Layout.Style, Json);
        }

        new SafetensorsFile(metadata, [.. Tensors("")]).Write(stream);
    }

    /// <summary>Reads a <c>model.safetensors</c> of one network.</summary>
    /// <exception cref="ModelFileException">It is cut short, corrupted, or no model of this version.</exception>
    public static TrainedModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var file = SafetensorsFile.Read(stream);
        return IsOne(file) ? Of(file) : throw UnknownFormat(file, $"\"{Format}\" or \"{StyledFormat}\"");
    }

    /// <summary>The network of a file whose format was looked at.</summary>
    internal static TrainedModel Of(SafetensorsFile file) =>
        Of(file, "", file.Metadata.GetValueOrDefault("hidden_layers", "[]"), file.Metadata.GetValueOrDefault("style", "{}"));

    /// <summary>One network of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names of its tensors begin with.</param>
    /// <param name="hiddenLayers">Widths of its hidden layers, as JSON.</param>
    /// <param name="style">Its style, as JSON.</param>
    internal static TrainedModel Of(SafetensorsFile file, string prefix, string hiddenLayers, string style)
    {
        var layout = ReadLayout(file, prefix, hiddenLayers, style);
        return new TrainedModel(
            layout,
            Join(file, prefix, layout.Parameters, layout.ParameterCount),
            Join(file, prefix, layout.Statistics, layout.StatisticCount));
    }

    /// <summary>Whether a file is one of a single network.</summary>
    internal static bool IsOne(SafetensorsFile file) => FormatOf(file) is Format or StyledFormat;

    internal static string? FormatOf(SafetensorsFile file) => file.Metadata.GetValueOrDefault("format");

    internal static ModelFileException UnknownFormat(SafetensorsFile file, string known) => new(
        $"The file is of format \"{FormatOf(file)}\", not {known}; is it a checkpoint, or of another version?");

    /// <summary>The tensors of the network, their names after a prefix.</summary>
    internal IEnumerable<SafetensorsTensor> Tensors(string prefix) =>
        [.. Tensors(prefix, Layout.Parameters, Parameters), .. Tensors(prefix, Layout.Statistics, Statistics)];

    internal ReadOnlySpan<float> Parameter(ParameterSlot slot) => slot.Of(Parameters);

    internal ReadOnlySpan<float> Statistic(ParameterSlot slot) => slot.Of(Statistics);

    private static TrainedModel Empty(NetworkLayout layout) =>
        new(layout, new float[layout.ParameterCount], new float[layout.StatisticCount]);

    // The rows of a matrix into the first rows and columns of a wider one.
    private static void CopyRows(Span<float> from, ParameterSlot shape, Span<float> to, ParameterSlot wider)
    {
        var (columns, stride) = ((int)shape.Shape[1], (int)wider.Shape[1]);
        for (var row = 0; row < shape.Shape[0]; row++)
        {
            from.Slice(row * columns, columns).CopyTo(to[(row * stride)..]);
        }
    }

    // Makes the last two units of every hidden layer the carriers of a weighted sum.
    private void CarrySum(IReadOnlyList<double> weights, double intercept)
    {
        for (var layer = 0; layer < Layout.HiddenLayers.Count; layer++)
        {
            var (hidden, inputs) = (Layout.Hidden(layer), layer == 0 ? Layout.Features : Layout.HiddenLayers[layer - 1]);
            for (var carrier = 0; carrier < Carriers; carrier++)
            {
                var (unit, sign) = (Layout.HiddenLayers[layer] - Carriers + carrier, carrier == 0 ? 1 : -1);
                var row = hidden.Weight.Of(Parameters).Slice(unit * inputs, inputs);
                if (layer == 0)
                {
                    for (var feature = 0; feature < inputs; feature++)
                    {
                        row[feature] = (float)(sign * weights[feature]);
                    }

                    hidden.Bias.Of(Parameters)[unit] = (float)(sign * intercept);
                }
                else
                {
                    row[inputs - Carriers + carrier] = 1;
                }

                PassThrough(hidden, unit);
                Layout.OutputWeight.Of(Parameters)[Layout.HiddenLayers[^1] - Carriers + carrier] = sign;
            }
        }
    }

    // A unit whose batch normalisation changes nothing.
    private void PassThrough(HiddenLayerSlots layer, int unit)
    {
        layer.Gamma.Of(Parameters)[unit] = 1;
        layer.RunningVariance.Of(Statistics)[unit] = (float)(1 - NetworkLayout.BatchNormEpsilon);
    }

    private static NetworkLayout ReadLayout(SafetensorsFile file, string prefix, string hiddenLayers, string style)
    {
        try
        {
            var hidden = JsonSerializer.Deserialize<int[]>(hiddenLayers) ?? [];
            return new NetworkLayout(
                checked((int)file[prefix + "layers.0.weight"].Shape[^1]), hidden, JsonSerializer.Deserialize<NetworkStyle>(style, Json));
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
