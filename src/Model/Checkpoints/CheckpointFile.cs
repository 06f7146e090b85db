using System.Globalization;
using System.Text.Json;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Checkpoints;

/// <summary>
/// How a checkpoint is told in tensors and metadata. Best epoch, best loss and the end are written for readers; they follow from the
/// history.
/// </summary>
internal static class CheckpointFile
{
    private const string Format = "macrocausal-checkpoint/1";

    // Of trials with options that older versions would not read, and train on as if they were not there: of another network, and of other
    // steps.
    private const string StyledFormat = "macrocausal-checkpoint/2";
    private const string LaterFormat = "macrocausal-checkpoint/3";
    private const char EngineSeparator = ',';
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static SafetensorsFile From(Checkpoint checkpoint) => new(
        new Dictionary<string, string>
        {
            ["format"] = FormatOf(checkpoint.Options),
            ["options"] = JsonSerializer.Serialize(checkpoint.Options, Json),
            ["features"] = Text(checkpoint.Features),
            ["epoch"] = Text(checkpoint.Epoch),
            ["step"] = Text(checkpoint.State.Step),
            ["best_epoch"] = Text(checkpoint.History.BestEpoch),
            ["best_loss"] = checkpoint.History.BestLoss.ToString("R", CultureInfo.InvariantCulture),
            ["engines"] = string.Join(EngineSeparator, checkpoint.Engines),
            ["ended_early"] = checkpoint.EndedEarly ? "true" : "false",
        },
        [
            SafetensorsTensor.Of("history.train", [.. checkpoint.History.Epochs.Select(loss => loss.Train)]),
            SafetensorsTensor.Of("history.validation", [.. checkpoint.History.Epochs.Select(loss => loss.Validation)]),
            SafetensorsTensor.Of("parameters", checkpoint.State.Parameters),
            SafetensorsTensor.Of("statistics", checkpoint.State.Statistics),
            SafetensorsTensor.Of("adam.first_moment", checkpoint.State.FirstMoment),
            SafetensorsTensor.Of("adam.second_moment", checkpoint.State.SecondMoment),
            SafetensorsTensor.Of("best.parameters", checkpoint.State.BestParameters),
            SafetensorsTensor.Of("best.statistics", checkpoint.State.BestStatistics),
        ]);

    public static Checkpoint ToCheckpoint(SafetensorsFile file)
    {
        if (file.Metadata.GetValueOrDefault("format") is not (Format or StyledFormat or LaterFormat))
        {
            throw new ModelFileException(
                $"The file is of format \"{file.Metadata.GetValueOrDefault("format")}\", not \"{Format}\", \"{StyledFormat}\" or "
                + $"\"{LaterFormat}\"; "
                + "run the trial with the version that wrote it, or from its start.");
        }

        var options = Options(file);
        var layout = Layout(file, options);
        var state = new TrialState
        {
            Step = Number(file, "step"),
            Parameters = Sized(file["parameters"], layout.ParameterCount),
            Statistics = Sized(file["statistics"], layout.StatisticCount),
            FirstMoment = Sized(file["adam.first_moment"], layout.ParameterCount),
            SecondMoment = Sized(file["adam.second_moment"], layout.ParameterCount),
            BestParameters = Sized(file["best.parameters"], layout.ParameterCount),
            BestStatistics = Sized(file["best.statistics"], layout.StatisticCount),
        };
        var engines = file.Metadata.GetValueOrDefault("engines", "").Split(EngineSeparator, StringSplitOptions.RemoveEmptyEntries);
        return new Checkpoint(layout, options, History(file), state, engines);
    }

    private static string FormatOf(TrainingOptions options) =>
        !options.HasUsualSteps ? LaterFormat : options.Style != NetworkStyle.Default ? StyledFormat : Format;

    private static TrainingOptions Options(SafetensorsFile file)
    {
        try
        {
            var options = JsonSerializer.Deserialize<TrainingOptions>(file.Metadata.GetValueOrDefault("options", "null"), Json)
                ?? throw new ModelFileException("The checkpoint does not say its options; it is corrupted.");
            options.Validate();
            return options;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new ModelFileException($"The checkpoint's options cannot be used: {exception.Message}", exception);
        }
    }

    private static NetworkLayout Layout(SafetensorsFile file, TrainingOptions options)
    {
        try
        {
            return new NetworkLayout(checked((int)Number(file, "features")), options.HiddenLayers, options.Style);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new ModelFileException($"The checkpoint's network cannot be built: {exception.Message}", exception);
        }
    }

    private static TrainingHistory History(SafetensorsFile file)
    {
        var (train, validation) = (file["history.train"].Doubles(), file["history.validation"].Doubles());
        if (train.Length != validation.Length || train.Length != Number(file, "epoch"))
        {
            throw new ModelFileException(
                $"The checkpoint's history has {train.Length} and {validation.Length} losses "
                + $"for epoch {Number(file, "epoch")}; it is corrupted.");
        }

        return new TrainingHistory(train.Zip(validation, (first, second) => new EpochLoss(first, second)));
    }

    private static float[] Sized(SafetensorsTensor tensor, int length) =>
        tensor.Floats() is var values && values.Length == length
            ? values
            : throw new ModelFileException(
                $"Tensor \"{tensor.Name}\" has {values.Length} elements where the network has {length}; the checkpoint is corrupted.");

    private static long Number(SafetensorsFile file, string name) =>
        long.TryParse(file.Metadata.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ModelFileException($"The checkpoint does not say its {name}; it is corrupted.");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
