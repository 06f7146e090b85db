using System.Text.Json;

namespace MacroCausal.Contracts;

/// <summary>
/// What a hyperparameter may be: <c>{"type":"logUniform","low":1e-4,"high":1e-2}</c>, <c>{"type":"uniform","low":0.1,"high":0.3}</c>,
/// <c>{"type":"integer","low":16,"high":128}</c> or <c>{"type":"choice","choices":[[64,32],[128,64]]}</c>.
/// </summary>
public sealed record SearchDimension
{
    /// <summary><c>logUniform</c>, <c>uniform</c>, <c>integer</c> or <c>choice</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Lowest value, included.</summary>
    public double? Low { get; init; }

    /// <summary>Highest value, included.</summary>
    public double? High { get; init; }

    /// <summary>The values of a choice, any JSON.</summary>
    public IReadOnlyList<JsonElement>? Choices { get; init; }
}

/// <summary>
/// The hyperparameters of MacroCausalModel, one entry each. The check of a search space, its default, the way from a point of the space to
/// a <see cref="TrialConfig"/> and back, the text of the best configuration, the columns of <c>trials.parquet</c> and
/// docs/hyperparameters.md follow from it. A new one is an entry here, a property of <see cref="TrialConfig"/>, and its use by the trainer.
/// </summary>
public static class Hyperparameters
{
    /// <summary>Adam's step size.</summary>
    public static RealHyperparameter LearningRate { get; } = new(
        config => config.LearningRate, "G4", value => value > 0 && double.IsFinite(value))
    {
        Name = "learningRate",
        Label = "learning rate",
        Text = "Adam's step size",
        Unit = "1",
        Allowed = "a finite number above 0",
        Default = new() { Type = "logUniform", Low = 1e-4, High = 1e-2 },
    };

    /// <summary>Rows of a training step.</summary>
    public static IntegerHyperparameter BatchSize { get; } = new(config => config.BatchSize, 2, 1_048_576)
    {
        Name = "batchSize",
        Label = "batch",
        Text = "rows of a training step",
        Unit = "rows",
        Allowed = "a whole number from 2 to 1048576",
        Default = Choice("[32, 64, 128]"),
    };

    /// <summary>Width of every hidden layer, from the input on.</summary>
    public static IntegerListHyperparameter HiddenLayers { get; } = new(config => config.HiddenLayers, maxCount: 32, 1, 65_536)
    {
        Name = "hiddenLayers",
        Label = "hidden",
        Text = "hidden layers' widths, input first",
        Unit = "units",
        Allowed = "a list of 1 to 32 widths from 1 to 65536, as [64,32]",
        RangeRefusal = "it must be a choice of lists of widths, as [[64,32],[128,64]]",
        Default = Choice("[[64, 32], [128, 64], [256, 128, 64]]"),
    };

    /// <summary>Probability that a hidden unit is silenced in a training step.</summary>
    public static RealHyperparameter Dropout { get; } = new(config => config.Dropout, "G3", value => value is >= 0 and < 1)
    {
        Name = "dropout",
        Label = "dropout",
        Text = "probability that a hidden unit is silenced in a training step",
        Unit = "1",
        Allowed = "0 or above, and below 1",
        Default = new() { Type = "uniform", Low = 0.1, High = 0.3 },
    };

    /// <summary>L2 penalty that Adam adds to the gradient.</summary>
    public static RealHyperparameter WeightDecay { get; } = new(
        config => config.WeightDecay, "G3", value => value >= 0 && double.IsFinite(value))
    {
        Name = "weightDecay",
        Label = "weight decay",
        Text = "L2 penalty that Adam adds to the gradient",
        Unit = "1",
        Allowed = "a finite number, 0 or above",
        Default = new() { Type = "logUniform", Low = 1e-5, High = 1e-3 },
    };

    /// <summary>What a hidden unit makes of its normalised sum.</summary>
    public static NameHyperparameter Activation { get; } = new(config => config.Activation, ["relu", "gelu", "silu", "tanh", "selu"])
    {
        Name = "activation",
        Label = "activation",
        Text = "what a hidden unit makes of its normalised sum; gelu is the exact one",
    };

    /// <summary>Whether a weighted sum of the features is added to the output.</summary>
    public static BooleanHyperparameter Skip { get; } = new(config => config.Skip)
    {
        Name = "skip",
        Label = "skip path",
        Text = "whether a weighted sum of the features, learned with the rest, is added to the output",
        Allowed = "false or true",
        RangeRefusal = "it must be a choice of false and true",
    };

    /// <summary>What the steps of a trial minimise.</summary>
    public static NameHyperparameter Loss { get; } = new(config => config.Loss, ["mse", "mae", "huber"])
    {
        Name = "loss",
        Label = "loss",
        Text = "what training minimises; huber is square up to a standard deviation of the target",
    };

    /// <summary>How the learning rate goes over a trial's steps.</summary>
    public static NameHyperparameter Schedule { get; } = new(config => config.Schedule, ["constant", "cosine", "oneCycle"])
    {
        Name = "schedule",
        Label = "schedule",
        Text = "how the learning rate goes over the study's maximum number of epochs",
    };

    /// <summary>How a gradient moves the weights.</summary>
    public static NameHyperparameter Optimizer { get; } = new(config => config.Optimizer, ["adam", "adamw"])
    {
        Name = "optimizer",
        Label = "optimizer",
        Text = "with adamw the weight decay shrinks the weights, and is no part of the gradient",
    };

    /// <summary>Largest L2 norm of a step's gradient.</summary>
    public static RealHyperparameter GradientClip { get; } = new(
        config => config.GradientClip, "G3", value => value >= 0 && double.IsFinite(value))
    {
        Name = "gradientClip",
        Label = "gradient clip",
        Text = "largest L2 norm of a step's gradient over all weights; 0: any",
        Allowed = "a finite number, 0 or above",
    };

    /// <summary>Probability that a feature of a row is silenced in a training step.</summary>
    public static RealHyperparameter InputDropout { get; } = new(config => config.InputDropout, "G3", value => value is >= 0 and <= 0.5)
    {
        Name = "inputDropout",
        Label = "input dropout",
        Text = "probability that a feature of a row is silenced in a training step, for the skip path too",
        Allowed = "from 0 to 0.5",
    };

    /// <summary>Every hyperparameter, in the order of texts and columns.</summary>
    public static IReadOnlyList<Hyperparameter> All { get; } =
    [
        LearningRate, BatchSize, HiddenLayers, Dropout, WeightDecay, Activation, Skip, Loss, Schedule, Optimizer, GradientClip,
        InputDropout,
    ];

    /// <summary>The default search space: <see cref="Hyperparameter.Default"/> by name, without what is not searched by default.</summary>
    public static IReadOnlyDictionary<string, SearchDimension> Default { get; } = All.Where(entry => entry.Default is not null)
        .ToDictionary(entry => entry.Name, entry => entry.Default!, StringComparer.Ordinal);

    /// <summary>The one of this name; null where there is none.</summary>
    public static Hyperparameter? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);

    /// <summary>
    /// The configuration whose values by name are these; throws <see cref="KeyNotFoundException"/> where one is missing that is searched by
    /// default.
    /// </summary>
    public static TrialConfig ToConfig(IReadOnlyDictionary<string, JsonElement> values) => new()
    {
        LearningRate = LearningRate.Read(values[LearningRate.Name]),
        BatchSize = BatchSize.Read(values[BatchSize.Name]),
        HiddenLayers = HiddenLayers.Read(values[HiddenLayers.Name]),
        Dropout = Dropout.Read(values[Dropout.Name]),
        WeightDecay = WeightDecay.Read(values[WeightDecay.Name]),
        Activation = Activation.ReadOrDefault(values),
        Skip = Skip.ReadOrDefault(values),
        Loss = Loss.ReadOrDefault(values),
        Schedule = Schedule.ReadOrDefault(values),
        Optimizer = Optimizer.ReadOrDefault(values),
        GradientClip = GradientClip.ReadOrDefault(values),
        InputDropout = InputDropout.ReadOrDefault(values),
    };

    /// <summary>A configuration's values by name; <see cref="ToConfig"/> turns them back without loss.</summary>
    public static IReadOnlyDictionary<string, JsonElement> ToValues(TrialConfig config) =>
        All.ToDictionary(entry => entry.Name, entry => entry.ToJson(config), StringComparer.Ordinal);

    /// <summary>
    /// A configuration on one line, as <c>learning rate 0.001, batch 64, hidden [64, 32], ...</c>; without what it leaves out.
    /// </summary>
    public static string Describe(TrialConfig config) => string.Join(
        ", ", All.Where(entry => !entry.IsLeftOut(config)).Select(entry => $"{entry.Label} {entry.Format(config)}"));

    private static SearchDimension Choice(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new() { Type = "choice", Choices = [.. document.RootElement.EnumerateArray().Select(value => value.Clone())] };
    }
}
