using System.Globalization;
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

    /// <summary>Every hyperparameter, in the order of texts and columns.</summary>
    public static IReadOnlyList<Hyperparameter> All { get; } = [LearningRate, BatchSize, HiddenLayers, Dropout, WeightDecay];

    /// <summary>The default search space: <see cref="Hyperparameter.Default"/> by name.</summary>
    public static IReadOnlyDictionary<string, SearchDimension> Default { get; } =
        All.ToDictionary(entry => entry.Name, entry => entry.Default, StringComparer.Ordinal);

    /// <summary>The one of this name; null where there is none.</summary>
    public static Hyperparameter? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);

    /// <summary>The configuration whose values by name are these; throws <see cref="KeyNotFoundException"/> where one is missing.</summary>
    public static TrialConfig ToConfig(IReadOnlyDictionary<string, JsonElement> values) => new()
    {
        LearningRate = LearningRate.Read(values[LearningRate.Name]),
        BatchSize = BatchSize.Read(values[BatchSize.Name]),
        HiddenLayers = HiddenLayers.Read(values[HiddenLayers.Name]),
        Dropout = Dropout.Read(values[Dropout.Name]),
        WeightDecay = WeightDecay.Read(values[WeightDecay.Name]),
    };

    /// <summary>A configuration's values by name; <see cref="ToConfig"/> turns them back without loss.</summary>
    public static IReadOnlyDictionary<string, JsonElement> ToValues(TrialConfig config) =>
        All.ToDictionary(entry => entry.Name, entry => entry.ToJson(config), StringComparer.Ordinal);

    /// <summary>A configuration on one line, as <c>learning rate 0.001, batch 64, hidden [64, 32], ...</c>.</summary>
    public static string Describe(TrialConfig config) => string.Join(", ", All.Select(entry => $"{entry.Label} {entry.Format(config)}"));

    private static SearchDimension Choice(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new() { Type = "choice", Choices = [.. document.RootElement.EnumerateArray().Select(value => value.Clone())] };
    }
}

/// <summary>One entry of <see cref="Hyperparameters"/>: its names, what it may be, and how it is read from a configuration.</summary>
public abstract class Hyperparameter
{
    private protected Hyperparameter()
    {
    }

    /// <summary>Name in a search space and in JSON: that of the property of <see cref="TrialConfig"/> in camel case.</summary>
    public required string Name { get; init; }

    /// <summary>Name in texts, in front of the value.</summary>
    public required string Label { get; init; }

    /// <summary>What it is, in one line.</summary>
    public required string Text { get; init; }

    /// <summary>Its unit; <c>1</c> for a plain number.</summary>
    public required string Unit { get; init; }

    /// <summary>Its bounds in words, to follow "it must be".</summary>
    public required string Allowed { get; init; }

    /// <summary>What is searched where nobody says otherwise.</summary>
    public required SearchDimension Default { get; init; }

    /// <summary>Its type in words.</summary>
    public abstract string Type { get; }

    /// <summary>Whether its values are numbers; else its column holds texts.</summary>
    public virtual bool IsNumber => true;

    /// <summary>Whether only whole numbers are values.</summary>
    public virtual bool IsInteger => false;

    /// <summary>Why it cannot be searched over a range of numbers; null where it can.</summary>
    public string? RangeRefusal { get; init; }

    /// <summary>Name of its column in <c>trials.parquet</c>, as <c>learning_rate</c>.</summary>
    public string Column => JsonNamingPolicy.SnakeCaseLower.ConvertName(Name);

    /// <summary>Whether a choice may be this value.</summary>
    public abstract bool Allows(JsonElement value);

    /// <summary>Whether a range may begin or end at this number.</summary>
    public virtual bool Allows(double value) => false;

    /// <summary>The value as a number; null where <see cref="IsNumber"/> is false.</summary>
    public virtual double? Number(TrialConfig config) => null;

    /// <summary>The value as text, independent of culture.</summary>
    public abstract string Format(TrialConfig config);

    /// <summary>The value as JSON, without loss.</summary>
    public abstract JsonElement ToJson(TrialConfig config);
}

/// <summary>A hyperparameter with the type that <see cref="TrialConfig"/> has it in.</summary>
/// <typeparam name="T">Type of the property, which <paramref name="get"/> reads.</typeparam>
public abstract class Hyperparameter<T>(Func<TrialConfig, T> get) : Hyperparameter
{
    /// <summary>The value from JSON that <see cref="Hyperparameter.Allows(JsonElement)"/> allows.</summary>
    public abstract T Read(JsonElement value);

    /// <inheritdoc/>
    public override JsonElement ToJson(TrialConfig config) => JsonSerializer.SerializeToElement(get(config));

    /// <summary>The value of a configuration.</summary>
    protected T Get(TrialConfig config) => get(config);
}

/// <summary>
/// A real number. <paramref name="format"/> is its format in texts; <paramref name="allows"/> says which numbers it may be.
/// </summary>
public sealed class RealHyperparameter(Func<TrialConfig, double> get, string format, Func<double, bool> allows)
    : Hyperparameter<double>(get)
{
    /// <inheritdoc/>
    public override string Type => "number";

    /// <inheritdoc/>
    public override double Read(JsonElement value) => value.GetDouble();

    /// <inheritdoc/>
    public override bool Allows(JsonElement value) => value.ValueKind == JsonValueKind.Number && Allows(value.GetDouble());

    /// <inheritdoc/>
    public override bool Allows(double value) => allows(value);

    /// <inheritdoc/>
    public override double? Number(TrialConfig config) => Get(config);

    /// <inheritdoc/>
    public override string Format(TrialConfig config) => Get(config).ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>. <c>64.0</c> is 64.</summary>
public sealed class IntegerHyperparameter(Func<TrialConfig, int> get, int low, int high) : Hyperparameter<int>(get)
{
    /// <inheritdoc/>
    public override string Type => "integer";

    /// <inheritdoc/>
    public override bool IsInteger => true;

    /// <inheritdoc/>
    public override int Read(JsonElement value) => (int)value.GetDouble();

    /// <inheritdoc/>
    public override bool Allows(JsonElement value) => value.ValueKind == JsonValueKind.Number && Allows(value.GetDouble());

    /// <inheritdoc/>
    public override bool Allows(double value) => value >= low && value <= high && value == Math.Floor(value);

    /// <inheritdoc/>
    public override double? Number(TrialConfig config) => Get(config);

    /// <inheritdoc/>
    public override string Format(TrialConfig config) => Get(config).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A list of 1 to <paramref name="maxCount"/> whole numbers from <paramref name="low"/> to <paramref name="high"/>.</summary>
public sealed class IntegerListHyperparameter(Func<TrialConfig, IReadOnlyList<int>> get, int maxCount, int low, int high)
    : Hyperparameter<IReadOnlyList<int>>(get)
{
    /// <inheritdoc/>
    public override string Type => "list of integers";

    /// <inheritdoc/>
    public override bool IsNumber => false;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Read(JsonElement value) => [.. value.EnumerateArray().Select(item => item.GetInt32())];

    /// <inheritdoc/>
    public override bool Allows(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.GetArrayLength() <= maxCount
        && value.EnumerateArray().All(IsAllowedItem);

    /// <inheritdoc/>
    public override string Format(TrialConfig config) =>
        $"[{string.Join(", ", Get(config).Select(item => item.ToString(CultureInfo.InvariantCulture)))}]";

    private bool IsAllowedItem(JsonElement item) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number >= low && number <= high;
}
