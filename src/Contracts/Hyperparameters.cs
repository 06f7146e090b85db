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

/// <summary>The hyperparameters of MacroCausalModel by name, and what they may be where nobody says otherwise.</summary>
public static class Hyperparameters
{
    /// <summary>Name of <see cref="TrialConfig.LearningRate"/>.</summary>
    public const string LearningRate = "learningRate";

    /// <summary>Name of <see cref="TrialConfig.BatchSize"/>.</summary>
    public const string BatchSize = "batchSize";

    /// <summary>Name of <see cref="TrialConfig.HiddenLayers"/>.</summary>
    public const string HiddenLayers = "hiddenLayers";

    /// <summary>Name of <see cref="TrialConfig.Dropout"/>.</summary>
    public const string Dropout = "dropout";

    /// <summary>Name of <see cref="TrialConfig.WeightDecay"/>.</summary>
    public const string WeightDecay = "weightDecay";

    /// <summary>The default space.</summary>
    public static IReadOnlyDictionary<string, SearchDimension> Default { get; } = new Dictionary<string, SearchDimension>(StringComparer.Ordinal)
    {
        [LearningRate] = new() { Type = "logUniform", Low = 1e-4, High = 1e-2 },
        [BatchSize] = Choice("[32, 64, 128]"),
        [HiddenLayers] = Choice("[[64, 32], [128, 64], [256, 128, 64]]"),
        [Dropout] = new() { Type = "uniform", Low = 0.1, High = 0.3 },
        [WeightDecay] = new() { Type = "logUniform", Low = 1e-5, High = 1e-3 },
    };

    private static SearchDimension Choice(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new() { Type = "choice", Choices = [.. document.RootElement.EnumerateArray().Select(value => value.Clone())] };
    }
}
