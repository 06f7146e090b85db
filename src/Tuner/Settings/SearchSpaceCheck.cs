using System.Globalization;
using System.Text.Json;

namespace MacroCausal.Tuner.Settings;

/// <summary>Completes and checks the search space of a StartTraining message.</summary>
public static class SearchSpaceCheck
{
    private static readonly string[] Numeric = ["logUniform", "uniform", "integer"];

    /// <summary>The space that is asked for: the default one, with what the message names replaced.</summary>
    public static IReadOnlyDictionary<string, SearchDimension> Complete(IReadOnlyDictionary<string, SearchDimension>? asked)
    {
        var space = new SortedDictionary<string, SearchDimension>(StringComparer.Ordinal);
        foreach (var (name, dimension) in Hyperparameters.Default.Concat(asked ?? new Dictionary<string, SearchDimension>()))
        {
            space[name] = dimension;
        }

        return space;
    }

    /// <summary>Every reason why a space is refused.</summary>
    public static IEnumerable<string> Reasons(IReadOnlyDictionary<string, SearchDimension>? asked) => asked switch
    {
        null => [],
        { Count: 0 } => ["searchSpace is empty; leave it out for the default, or name what differs from it."],
        _ => asked.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => Reasons(pair.Key, pair.Value)),
    };

    private static IEnumerable<string> Reasons(string name, SearchDimension? dimension)
    {
        if (!Hyperparameters.Default.ContainsKey(name))
        {
            return [$"searchSpace.{name} is no hyperparameter; known are {string.Join(", ", Hyperparameters.Default.Keys.Order(StringComparer.Ordinal))}."];
        }

        return dimension?.Type switch
        {
            "choice" => ChoiceReasons(name, dimension.Choices),
            { } type when Numeric.Contains(type) => NumericReasons(name, dimension),
            _ => [$"searchSpace.{name} has the type '{dimension?.Type}'; it must be logUniform, uniform, integer or choice."],
        };
    }

    private static IEnumerable<string> NumericReasons(string name, SearchDimension dimension)
    {
        if (name == Hyperparameters.HiddenLayers)
        {
            yield return "searchSpace.hiddenLayers is a range; it must be a choice of lists of widths, as [[64,32],[128,64]].";
            yield break;
        }

        if (dimension is not { Low: { } low, High: { } high } || !double.IsFinite(low) || !double.IsFinite(high) || low > high)
        {
            yield return Invariant($"searchSpace.{name} goes from {dimension.Low} to {dimension.High}; low and high must be finite numbers, low not above high.");
            yield break;
        }

        if (dimension.Type == "logUniform" && low <= 0)
        {
            yield return Invariant($"searchSpace.{name} has low {low}; a log-uniform range must begin above 0.");
        }

        if (dimension.Type == "integer" && (low != Math.Floor(low) || high != Math.Floor(high)))
        {
            yield return Invariant($"searchSpace.{name} goes from {low} to {high}; an integer range must have whole ends.");
        }

        if (name == Hyperparameters.BatchSize && dimension.Type != "integer")
        {
            yield return $"searchSpace.batchSize has the type '{dimension.Type}'; it must be integer or choice.";
        }

        if (!Allows(name, low) || !Allows(name, high))
        {
            yield return Invariant($"searchSpace.{name} goes from {low} to {high}; it must be {Allowed(name)}.");
        }
    }

    private static IEnumerable<string> ChoiceReasons(string name, IReadOnlyList<JsonElement>? choices)
    {
        if (choices is null or { Count: 0 })
        {
            return [$"searchSpace.{name} has no choices; give at least one."];
        }

        var repeated = choices.GroupBy(choice => choice.GetRawText(), StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"searchSpace.{name} has the choice {group.Key} more than once; give each once.");
        return choices.Where(choice => !Allows(name, choice))
            .Select(choice => $"searchSpace.{name} has the choice {choice.GetRawText()}; it must be {Allowed(name)}.").Concat(repeated);
    }

    private static bool Allows(string name, JsonElement choice) => name == Hyperparameters.HiddenLayers
        ? choice.ValueKind == JsonValueKind.Array && choice.GetArrayLength() is > 0 and <= 32
            && choice.EnumerateArray().All(width => width.ValueKind == JsonValueKind.Number && width.TryGetInt32(out var units) && units is >= 1 and <= 65_536)
        : choice.ValueKind == JsonValueKind.Number && Allows(name, choice.GetDouble());

    private static bool Allows(string name, double value) => name switch
    {
        Hyperparameters.LearningRate => value > 0 && double.IsFinite(value),
        Hyperparameters.BatchSize => value is >= 2 and <= 1_048_576 && value == Math.Floor(value),
        Hyperparameters.Dropout => value is >= 0 and < 1,
        _ => value >= 0 && double.IsFinite(value),
    };

    private static string Allowed(string name) => name switch
    {
        Hyperparameters.LearningRate => "a finite number above 0",
        Hyperparameters.BatchSize => "a whole number from 2 to 1048576",
        Hyperparameters.HiddenLayers => "a list of 1 to 32 widths from 1 to 65536, as [64,32]",
        Hyperparameters.Dropout => "0 or above, and below 1",
        _ => "a finite number, 0 or above",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
