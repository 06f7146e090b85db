using System.Globalization;
using System.Text.Json;

namespace MacroCausal.Contracts;

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

    /// <summary>Its unit; <c>1</c> for a plain number or a name.</summary>
    public string Unit { get; init; } = "1";

    /// <summary>Its bounds in words, to follow "it must be".</summary>
    public string Allowed { get; init; } = "";

    /// <summary>
    /// What is searched where nobody says otherwise; null where nothing is: a configuration then leaves it out, which is its first value.
    /// </summary>
    public SearchDimension? Default { get; init; }

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

    /// <summary>Whether a configuration leaves it out, so that neither its JSON nor a text names it.</summary>
    public abstract bool IsLeftOut(TrialConfig config);
}

/// <summary>A hyperparameter with the type that <see cref="TrialConfig"/> has it in.</summary>
/// <typeparam name="T">Type of the property, which <paramref name="get"/> reads.</typeparam>
public abstract class Hyperparameter<T>(Func<TrialConfig, T> get) : Hyperparameter
{
    /// <summary>The value from JSON that <see cref="Hyperparameter.Allows(JsonElement)"/> allows.</summary>
    public abstract T Read(JsonElement value);

    /// <inheritdoc/>
    public override JsonElement ToJson(TrialConfig config) => JsonSerializer.SerializeToElement(get(config));

    /// <summary>The value by name; that of a configuration that leaves it out where there is none.</summary>
    public T? ReadOrDefault(IReadOnlyDictionary<string, JsonElement> values) =>
        values.TryGetValue(Name, out var value) ? Read(value) : default;

    /// <inheritdoc/>
    public override bool IsLeftOut(TrialConfig config) => Default is null && EqualityComparer<T>.Default.Equals(get(config), default);

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

/// <summary>One of some names. The first is what a configuration leaves out: its property is then null.</summary>
public sealed class NameHyperparameter : Hyperparameter<string?>
{
    private readonly IReadOnlyList<string> _names;

    /// <summary>An entry of two names or more.</summary>
    public NameHyperparameter(Func<TrialConfig, string?> get, IReadOnlyList<string> names)
        : base(get)
    {
        _names = names;
        Allowed = $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
        RangeRefusal = $"it must be a choice of names, as [\"{names[0]}\",\"{names[1]}\"]";
    }

    /// <inheritdoc/>
    public override string Type => "name";

    /// <inheritdoc/>
    public override bool IsNumber => false;

    /// <inheritdoc/>
    public override string? Read(JsonElement value) => value.GetString() is var name && name == _names[0] ? null : name;

    /// <inheritdoc/>
    public override bool Allows(JsonElement value) => value.ValueKind == JsonValueKind.String && _names.Contains(value.GetString());

    /// <inheritdoc/>
    public override string Format(TrialConfig config) => Get(config) ?? _names[0];

    /// <inheritdoc/>
    public override JsonElement ToJson(TrialConfig config) => JsonSerializer.SerializeToElement(Format(config));
}

/// <summary>False or true. False is what a configuration leaves out.</summary>
public sealed class BooleanHyperparameter(Func<TrialConfig, bool> get) : Hyperparameter<bool>(get)
{
    /// <inheritdoc/>
    public override string Type => "boolean";

    /// <inheritdoc/>
    public override bool IsNumber => false;

    /// <inheritdoc/>
    public override bool Read(JsonElement value) => value.GetBoolean();

    /// <inheritdoc/>
    public override bool Allows(JsonElement value) => value.ValueKind is JsonValueKind.False or JsonValueKind.True;

    /// <inheritdoc/>
    public override string Format(TrialConfig config) => Get(config) ? "true" : "false";
}
