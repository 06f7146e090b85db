using System.Text.Json;
using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Tests.Simulation;

/// <summary>Search spaces that tests share.</summary>
internal static class Spaces
{
    /// <summary>The space of the product: three numbers and two choices.</summary>
    public static SearchSpace Model { get; } = SearchSpace.Create(
        new LogUniform("learningRate", 1e-4, 1e-2),
        Choice("batchSize", "[32, 64, 128]"),
        Choice("hiddenLayers", "[[64, 32], [128, 64], [256, 128, 64]]"),
        new Uniform("dropout", 0.1, 0.3),
        new LogUniform("weightDecay", 1e-5, 1e-3));

    public static Categorical Choice(string name, string json) =>
        new(name, [.. JsonSerializer.Deserialize<JsonElement>(json).EnumerateArray()]);
}
