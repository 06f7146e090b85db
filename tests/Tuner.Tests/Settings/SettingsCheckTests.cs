using System.Text.Json;
using MacroCausal.Hosting;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Tuner.Tests.Settings;

public sealed class SettingsCheckTests
{
    private static readonly PipelineOptions Environment =
        new() { GoldBucket = "gold", ArtifactsBucket = "artifacts", ModelRegistryTable = "models" };

    private static readonly StartTraining Plain = new() { ExecutionId = "study-1" };

    [Fact]
    public void An_execution_id_is_enough_and_the_rest_has_the_defaults_of_the_design()
    {
        var (settings, reasons) = SettingsCheck.Check(Plain, Environment);

        reasons.ShouldBeEmpty();
        settings.GoldBucket.ShouldBe("gold");
        (settings.Trials, settings.MaxEpochs, settings.GracePeriod, settings.ReductionFactor, settings.Patience)
            .ShouldBe((20, 100, 10, 2, 10));
        (settings.TrainFraction, settings.Scheduler, settings.Sampler).ShouldBe((0.8, "asha", "tpe"));
        settings.SearchSpace.Keys.ShouldBe(["batchSize", "dropout", "hiddenLayers", "learningRate", "weightDecay"]);
    }

    [Fact]
    public void The_message_overrides_the_environment()
    {
        var (settings, reasons) = SettingsCheck.Check(
            Plain with { GoldBucket = "other", MaxEpochs = 5 },
            Environment with { ExecutionId = "unused" });

        reasons.ShouldBeEmpty();
        (settings.ExecutionId, settings.GoldBucket, settings.MaxEpochs, settings.GracePeriod).ShouldBe(("study-1", "other", 5, 5));
    }

    [Fact]
    public void A_Step_Functions_ARN_is_a_good_execution_id() => Reasons(
        Plain with { ExecutionId = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c9a52-77aa" }).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("../..")]
    [InlineData("a/../b")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("line\nbreak")]
    [InlineData("nul\0")]
    [InlineData("two words")]
    public void A_hostile_execution_id_is_refused(string executionId) =>
        Reasons(Plain with { ExecutionId = executionId }).ShouldHaveSingleItem().ShouldStartWith("The execution id");

    [Fact]
    public void An_execution_id_of_3000_characters_is_refused_without_being_repeated_in_full() =>
        Reasons(Plain with { ExecutionId = new string('a', 3000) }).ShouldHaveSingleItem().Length.ShouldBeLessThan(200);

    [Fact]
    public void An_execution_id_is_measured_in_bytes_as_the_keys_that_it_becomes_part_of_are()
    {
        Reasons(Plain with { ExecutionId = new string('é', 256) }).ShouldBeEmpty();
        Reasons(Plain with { ExecutionId = new string('é', 257) }).ShouldHaveSingleItem().ShouldContain("has 514 bytes");
    }

    [Fact]
    public void Every_reason_is_given_at_once()
    {
        var reasons = Reasons(
            new() { ExecutionId = "x", Trials = 1_000_000_000, MaxEpochs = -1, TrainFraction = double.NaN, Scheduler = "hyperband" },
            new());

        reasons.Count.ShouldBe(7);
        reasons.ShouldContain("trials is 1000000000; it must be from 1 to 1000000.");
        reasons.ShouldContain("maxEpochs is -1; it must be from 1 to 10000.");
        reasons.ShouldContain("scheduler is 'hyperband'; it must be one of asha, asha-stopping, none.");
        reasons.ShouldContain("goldBucket is not given; name it in StartTraining or in the environment's GOLD_BUCKET.");
    }

    [Theory]
    [InlineData("{}", "searchSpace is empty")]
    [InlineData("""{"learningRate":{"type":"choice","choices":[]}}""", "searchSpace.learningRate has no choices")]
    [InlineData("""{"learningRate":{"type":"logUniform","low":0,"high":1}}""", "must begin above 0")]
    [InlineData("""{"learningRate":{"type":"uniform","low":2,"high":1}}""", "goes from 2 to 1")]
    [InlineData("""{"learningRate":{"type":"uniform","high":1}}""", "low and high must be finite numbers")]
    [InlineData("""{"learningRate":{"type":"choice","choices":["fast"]}}""", "has the choice \"fast\"; it must be a finite number above 0")]
    [InlineData("""{"momentum":{"type":"uniform","low":0,"high":1}}""", "searchSpace.momentum is no hyperparameter")]
    [InlineData("""{"dropout":{"type":"normal"}}""", "has the type 'normal'")]
    [InlineData("""{"dropout":{"type":"uniform","low":0,"high":1}}""", "must be 0 or above, and below 1")]
    [InlineData("""{"batchSize":{"type":"choice","choices":[1]}}""", "must be a whole number from 2")]
    [InlineData("""{"batchSize":{"type":"uniform","low":2,"high":64}}""", "must be integer or choice")]
    [InlineData("""{"hiddenLayers":{"type":"choice","choices":[[64,0]]}}""", "a list of 1 to 32 widths")]
    [InlineData("""{"hiddenLayers":{"type":"choice","choices":[[64],[64]]}}""", "[64] more than once")]
    [InlineData("""{"hiddenLayers":{"type":"choice","choices":[[64,32],[64, 32]]}}""", "[64,32] (as [64, 32] too) more than once")]
    [InlineData("""{"batchSize":{"type":"choice","choices":[32,32.0,64]}}""", "has the choice 32 (as 32.0 too) more than once")]
    [InlineData("""{"learningRate":{"type":"choice","choices":[0.001,1e-3]}}""", "0.001 (as 1e-3 too) more than once")]
    [InlineData("""{"hiddenLayers":{"type":"integer","low":1,"high":8}}""", "must be a choice of lists")]
    [InlineData("""{"activation":{"type":"integer","low":1,"high":8}}""", "it must be a choice of names, as [\"relu\",\"gelu\"]")]
    [InlineData("""{"activation":{"type":"choice","choices":["relu","elu"]}}""", "it must be relu, gelu, silu, tanh or selu")]
    [InlineData("""{"skip":{"type":"choice","choices":["linear"]}}""", "it must be false or true")]
    [InlineData("""{"loss":{"type":"choice","choices":["mse","rmse"]}}""", "it must be mse, mae or huber")]
    [InlineData("""{"optimizer":{"type":"choice","choices":["sgd"]}}""", "it must be adam or adamw")]
    [InlineData("""{"gradientClip":{"type":"uniform","low":-1,"high":1}}""", "must be a finite number, 0 or above")]
    [InlineData("""{"inputDropout":{"type":"uniform","low":0,"high":0.6}}""", "must be from 0 to 0.5")]
    [InlineData("""{"schedule":{"type":"choice","choices":["linear"]}}""", "it must be constant, cosine or oneCycle")]
    public void A_search_space_that_cannot_be_searched_is_refused_with_the_reason(string json, string reason)
    {
        var space = JsonSerializer.Deserialize<Dictionary<string, SearchDimension>>(json, JsonSerializerOptions.Web);

        Reasons(Plain with { SearchSpace = space }).ShouldContain(given => given.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_learning_rate_that_is_not_a_number_is_refused() => Reasons(Plain with
    {
        SearchSpace = new Dictionary<string, SearchDimension> { ["learningRate"] = new() { Type = "uniform", Low = double.NaN, High = 1 } },
    }).ShouldHaveSingleItem().ShouldContain("learningRate goes from NaN to 1");

    [Fact]
    public void A_dimension_that_is_not_named_keeps_its_default()
    {
        var space = new Dictionary<string, SearchDimension> { ["dropout"] = new() { Type = "uniform", Low = 0, High = 0.5 } };

        var (settings, reasons) = SettingsCheck.Check(Plain with { SearchSpace = space }, Environment);

        reasons.ShouldBeEmpty();
        settings.SearchSpace["dropout"].High.ShouldBe(0.5);
        settings.SearchSpace["learningRate"].ShouldBe(Hyperparameters.Default["learningRate"]);
        settings.SearchSpace.Keys.ShouldBe(Hyperparameters.Default.Keys, ignoreOrder: true);
    }

    [Fact]
    public void What_is_not_searched_by_default_is_searched_where_it_is_named()
    {
        var space = new Dictionary<string, SearchDimension>
        {
            ["activation"] = new() { Type = "choice", Choices = [JsonSerializer.SerializeToElement("silu")] },
        };

        var (settings, reasons) = SettingsCheck.Check(Plain with { SearchSpace = space }, Environment);

        reasons.ShouldBeEmpty();
        settings.SearchSpace.Count.ShouldBe(Hyperparameters.Default.Count + 1);
        settings.SearchSpace["activation"].Choices!.ShouldHaveSingleItem().GetString().ShouldBe("silu");
    }

    private static IReadOnlyList<string> Reasons(StartTraining message, PipelineOptions? environment = null) =>
        SettingsCheck.Check(message, environment ?? Environment).Reasons;
}
