using Microsoft.Extensions.Configuration;

namespace MacroCausal.Hosting.Tests;

public sealed class PipelineOptionsTests
{
    [Fact]
    public void Each_variable_is_read_into_its_option() => Read(
        ("EXECUTION_ID", "e1"), ("GOLD_BUCKET", "gold"), ("ARTIFACTS_BUCKET", "artifacts"), ("MODEL_REGISTRY_TABLE", "models"))
        .ShouldBe(new PipelineOptions
        {
            ExecutionId = "e1",
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
        });

    [Fact]
    public void A_variable_that_is_missing_or_empty_is_not_set() =>
        Read(("GOLD_BUCKET", ""), ("ARTIFACTS_BUCKET", "artifacts")).ShouldBe(new PipelineOptions { ArtifactsBucket = "artifacts" });

    private static PipelineOptions Read(params (string Name, string Value)[] variables) => PipelineOptions.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(variables.Select(variable => KeyValuePair.Create(variable.Name, (string?)variable.Value)))
            .Build());
}
