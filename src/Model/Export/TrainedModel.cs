using System.Text.Json;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Export;

/// <summary>
/// The weights and statistics of a network that is done: <c>model.safetensors</c>. Its tensors have PyTorch's names, so a module with an
/// <c>nn.Sequential</c> called <c>layers</c> loads them.
/// </summary>
public sealed class TrainedModel
{
    private const string Format = "macrocausal-model/1";

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

    /// <summary>Writes <c>model.safetensors</c>; the same model gives the same bytes.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["hidden_layers"] = JsonSerializer.Serialize(Layout.HiddenLayers),
        };
        new SafetensorsFile(metadata, [.. Tensors(Layout.Parameters, Parameters), .. Tensors(Layout.Statistics, Statistics)]).Write(stream);
    }

    /// <summary>Reads a <c>model.safetensors</c>.</summary>
    /// <exception cref="ModelFileException">It is cut short, corrupted, or no model of this version.</exception>
    public static TrainedModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var file = SafetensorsFile.Read(stream);
        if (file.Metadata.GetValueOrDefault("format") != Format)
        {
            throw new ModelFileException(
                $"The file is of format \"{file.Metadata.GetValueOrDefault("format")}\", not \"{Format}\"; "
                + "is it a checkpoint, or of another version?");
        }

        var layout = ReadLayout(file);
        return new TrainedModel(
            layout, Join(file, layout.Parameters, layout.ParameterCount), Join(file, layout.Statistics, layout.StatisticCount));
    }

    internal ReadOnlySpan<float> Parameter(ParameterSlot slot) => slot.Of(Parameters);

    internal ReadOnlySpan<float> Statistic(ParameterSlot slot) => slot.Of(Statistics);

    private static NetworkLayout ReadLayout(SafetensorsFile file)
    {
        try
        {
            var hidden = JsonSerializer.Deserialize<int[]>(file.Metadata.GetValueOrDefault("hidden_layers", "[]")) ?? [];
            return new NetworkLayout(checked((int)file["layers.0.weight"].Shape[^1]), hidden);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or OverflowException)
        {
            throw new ModelFileException("The file does not say the shape of its network; it is corrupted.", exception);
        }
    }

    private static IEnumerable<SafetensorsTensor> Tensors(IReadOnlyList<ParameterSlot> slots, float[] values) =>
        slots.Select(slot => SafetensorsTensor.Of(slot.Name, slot.Of(values), slot.Shape));

    private static float[] Join(SafetensorsFile file, IReadOnlyList<ParameterSlot> slots, int length)
    {
        var values = new float[length];
        foreach (var slot in slots)
        {
            var tensor = file[slot.Name];
            if (!tensor.Shape.SequenceEqual(slot.Shape))
            {
                throw new ModelFileException(
                    $"Tensor \"{slot.Name}\" is [{string.Join(", ", tensor.Shape)}] where "
                    + $"the network has [{string.Join(", ", slot.Shape)}]; the file is corrupted.");
            }

            tensor.Floats().CopyTo(values, slot.Offset);
        }

        return values;
    }
}
