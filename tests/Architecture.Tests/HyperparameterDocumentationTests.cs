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

    private static readonly TrialConfig Full = Config with
    {
        Activation = "gelu",
        Skip = true,
        Loss = "mae",
        Schedule = "cosine",
        Optimizer = "adamw",
        GradientClip = 0.5,
        InputDropout = 0.25,
    };

    private static string[] Lines => File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "hyperparameters.md"));

    [Fact]
    public void The_document_has_the_rows_of_the_table() =>
        Lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ShouldBe(
            Hyperparameters.All.Select(entry => $"| `{entry.Name}` | {entry.Type} | {entry.Allowed} | {entry.Unit} | {entry.Text} |"));

    [Fact]
    public void The_document_has_the_default_space() =>
        Lines.Where(line => line.StartsWith("  \"", StringComparison.Ordinal)).Select(line => line.TrimEnd(',')).ShouldBe(
            Hyperparameters.Default.Select(entry => $"  \"{entry.Key}\": {JsonSerializer.Serialize(entry.Value, Compact)}"));

    [Fact]
    public void The_default_space_is_what_it_always_was() => Hyperparameters.Default.Keys.ShouldBe(
        ["learningRate", "batchSize", "hiddenLayers", "dropout", "weightDecay"]);

    [Fact]
    public void Every_property_of_a_configuration_is_in_the_table() =>
        Hyperparameters.All.Select(entry => entry.Name)
            .ShouldBe(typeof(TrialConfig).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)));

    [Fact]
    public void The_values_of_a_configuration_are_its_JSON_and_give_it_back()
    {
        var values = Hyperparameters.ToValues(Full);

        JsonSerializer.Serialize(values, Compact).ShouldBe(JsonSerializer.Serialize(Full, Compact));
        Hyperparameters.All.ShouldAllBe(entry => !entry.IsLeftOut(Full));
        ShouldComeBack(Full);
    }

    [Fact]
    public void What_a_configuration_leaves_out_is_in_no_JSON_and_no_text_and_comes_back_as_left_out()
    {
        JsonSerializer.Serialize(Config, Compact).ShouldBe(
            """{"learningRate":0.00125,"batchSize":64,"hiddenLayers":[128,64],"dropout":0.30000000000000004,"weightDecay":1E-05}""");
        ShouldComeBack(Config);
        var searched = Hyperparameters.ToValues(Config).Where(value => Hyperparameters.Default.ContainsKey(value.Key)).ToDictionary();
        Hyperparameters.Describe(Hyperparameters.ToConfig(searched)).ShouldBe(Hyperparameters.Describe(Config));
    }

    [Fact]
    public void A_configuration_is_described_on_one_line() =>
        Hyperparameters.Describe(Config).ShouldBe("learning rate 0.00125, batch 64, hidden [128, 64], dropout 0.3, weight decay 1E-05");

    [Fact]
    public void A_description_names_what_is_not_left_out() =>
        Hyperparameters.Describe(Full).ShouldBe(
            Hyperparameters.Describe(Config)
            + ", activation gelu, skip path true, loss mae, schedule cosine, optimizer adamw, gradient clip 0.5, "
            + "input dropout 0.25");

    [Fact]
    public void Defaults_are_allowed() => Hyperparameters.All.Where(entry => entry.Default != null).ShouldAllBe(
        entry => entry.Default!.Choices == null
            ? entry.RangeRefusal == null && entry.Allows(entry.Default.Low!.Value) && entry.Allows(entry.Default.High!.Value)
            : entry.Default.Choices.All(entry.Allows));

    private static void ShouldComeBack(TrialConfig config)
    {
        var back = Hyperparameters.ToConfig(Hyperparameters.ToValues(config));
        (back with { HiddenLayers = config.HiddenLayers }).ShouldBe(config);
        back.HiddenLayers.ShouldBe(config.HiddenLayers);
    }
}
