using System.Text.Json;
using System.Text.Json.Serialization;
using MacroCausal.Contracts;
using MacroCausal.TestKit;

namespace MacroCausal.Architecture.Tests;

public sealed class HyperparameterDocumentationTests
{
    private static readonly JsonSerializerOptions Compact =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly TrialConfig Config =
        new() { LearningRate = 1.25e-3, BatchSize = 64, HiddenLayers = [128, 64], Dropout = 0.1 + 0.2, WeightDecay = 1e-5 };

    private static string[] Lines => File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "hyperparameters.md"));

    [Fact]
    public void The_document_has_the_rows_of_the_table() =>
        Lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ShouldBe(
            Hyperparameters.All.Select(entry => $"| `{entry.Name}` | {entry.Type} | {entry.Allowed} | {entry.Unit} | {entry.Text} |"));

    [Fact]
    public void The_document_has_the_default_space() =>
        Lines.Where(line => line.StartsWith("  \"", StringComparison.Ordinal)).Select(line => line.TrimEnd(',')).ShouldBe(
            Hyperparameters.All.Select(entry => $"  \"{entry.Name}\": {JsonSerializer.Serialize(entry.Default, Compact)}"));

    [Fact]
    public void Every_property_of_a_configuration_is_in_the_table() =>
        Hyperparameters.All.Select(entry => entry.Name)
            .ShouldBe(typeof(TrialConfig).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)));

    [Fact]
    public void The_values_of_a_configuration_are_its_JSON_and_give_it_back()
    {
        var values = Hyperparameters.ToValues(Config);

        JsonSerializer.Serialize(values, Compact).ShouldBe(JsonSerializer.Serialize(Config, Compact));
        var back = Hyperparameters.ToConfig(values);
        (back with { HiddenLayers = Config.HiddenLayers }).ShouldBe(Config);
        back.HiddenLayers.ShouldBe(Config.HiddenLayers);
    }

    [Fact]
    public void A_configuration_is_described_on_one_line() =>
        Hyperparameters.Describe(Config).ShouldBe("learning rate 0.00125, batch 64, hidden [128, 64], dropout 0.3, weight decay 1E-05");

    [Fact]
    public void Defaults_are_allowed() => Hyperparameters.All.ShouldAllBe(entry => entry.Default.Choices == null
        ? entry.RangeRefusal == null && entry.Allows(entry.Default.Low!.Value) && entry.Allows(entry.Default.High!.Value)
        : entry.Default.Choices.All(entry.Allows));
}
