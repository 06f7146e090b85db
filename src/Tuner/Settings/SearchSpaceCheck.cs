using System.Text.Json;
using static System.FormattableString;

namespace MacroCausal.Tuner.Settings;

/// <summary>Completes and checks the search space of a StartTraining message.</summary>
public static class SearchSpaceCheck
{
    private static readonly string[] Ranges = ["logUniform", "uniform", "integer"];

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
        if (Hyperparameters.Find(name) is not { } hyperparameter)
        {
            return [$"searchSpace.{name} is no hyperparameter; known are {Known()}."];
        }

        return dimension?.Type switch
        {
            "choice" => ChoiceReasons(hyperparameter, dimension.Choices),
            { } type when Ranges.Contains(type) => RangeReasons(hyperparameter, dimension),
            _ => [$"searchSpace.{name} has the type '{dimension?.Type}'; it must be logUniform, uniform, integer or choice."],
        };
    }

    private static IEnumerable<string> RangeReasons(Hyperparameter hyperparameter, SearchDimension dimension)
    {
        var name = hyperparameter.Name;
        if (hyperparameter.RangeRefusal is { } refusal)
        {
            yield return $"searchSpace.{name} is a range; {refusal}.";
            yield break;
        }

        if (dimension is not { Low: { } low, High: { } high } || !double.IsFinite(low) || !double.IsFinite(high) || low > high)
        {
            yield return Invariant($"searchSpace.{name} goes from {dimension.Low} to {dimension.High}; ")
                + "low and high must be finite numbers, low not above high.";
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

        if (hyperparameter.IsInteger && dimension.Type != "integer")
        {
            yield return $"searchSpace.{name} has the type '{dimension.Type}'; it must be integer or choice.";
        }

        if (!hyperparameter.Allows(low) || !hyperparameter.Allows(high))
        {
            yield return Invariant($"searchSpace.{name} goes from {low} to {high}; it must be {hyperparameter.Allowed}.");
        }
    }

    private static IEnumerable<string> ChoiceReasons(Hyperparameter hyperparameter, IReadOnlyList<JsonElement>? choices)
    {
        var name = hyperparameter.Name;
        if (choices is null or { Count: 0 }) return [$"searchSpace.{name} has no choices; give at least one."];

        var repeated = choices.GroupBy(ValueOf, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"searchSpace.{name} has the choice {Spellings(group)} more than once; give each once.");
        return choices.Where(choice => !hyperparameter.Allows(choice))
            .Select(choice => $"searchSpace.{name} has the choice {choice.GetRawText()}; it must be {hyperparameter.Allowed}.")
            .Concat(repeated);
    }

    // 32 and 32.0, [64,32] and [64, 32] are one value.
    private static string ValueOf(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.Number => Invariant($"{choice.GetDouble():R}"),
        JsonValueKind.Array => $"[{string.Join(',', choice.EnumerateArray().Select(ValueOf))}]",
        _ => choice.GetRawText(),
    };

    private static string Spellings(IEnumerable<JsonElement> same)
    {
        var texts = same.Select(choice => choice.GetRawText()).Distinct(StringComparer.Ordinal).ToList();
        return texts.Count == 1 ? texts[0] : $"{texts[0]} ({string.Join(", ", texts.Skip(1).Select(text => $"as {text} too"))})";
    }

    private static string Known() => string.Join(", ", Hyperparameters.All.Select(entry => entry.Name).Order(StringComparer.Ordinal));
}
