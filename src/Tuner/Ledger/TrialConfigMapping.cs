using System.Text.Json;
using MacroCausal.Search.Spaces;
using Names = MacroCausal.Contracts.Hyperparameters;

namespace MacroCausal.Tuner.Ledger;

/// <summary>A point of the search space as the model's hyperparameters, and back.</summary>
public static class TrialConfigMapping
{
    /// <summary>The hyperparameters at a point.</summary>
    public static TrialConfig Read(Configuration point)
    {
        var values = point.ToValues();
        return new TrialConfig
        {
            LearningRate = values[Names.LearningRate].GetDouble(),
            BatchSize = (int)values[Names.BatchSize].GetDouble(),
            HiddenLayers = [.. values[Names.HiddenLayers].EnumerateArray().Select(width => width.GetInt32())],
            Dropout = values[Names.Dropout].GetDouble(),
            WeightDecay = values[Names.WeightDecay].GetDouble(),
        };
    }

    /// <summary>The point at which a trial's hyperparameters lie.</summary>
    public static Configuration Locate(Search.Spaces.SearchSpace space, TrialConfig config) => space.Locate(new Dictionary<string, JsonElement>
    {
        [Names.LearningRate] = JsonSerializer.SerializeToElement(config.LearningRate),
        [Names.BatchSize] = JsonSerializer.SerializeToElement(config.BatchSize),
        [Names.HiddenLayers] = JsonSerializer.SerializeToElement(config.HiddenLayers),
        [Names.Dropout] = JsonSerializer.SerializeToElement(config.Dropout),
        [Names.WeightDecay] = JsonSerializer.SerializeToElement(config.WeightDecay),
    });
}
