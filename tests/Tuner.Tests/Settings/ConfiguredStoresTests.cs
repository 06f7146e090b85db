using MacroCausal.Hosting;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Settings;
using MacroCausal.Tuner.Tests.Studies;

namespace MacroCausal.Tuner.Tests.Settings;

public sealed class ConfiguredStoresTests
{
    private static readonly PipelineOptions Own =
        new() { GoldBucket = "gold", ArtifactsBucket = "artifacts", ModelRegistryTable = "models" };

    private static readonly StudySettings Asked =
        new() { ExecutionId = "study-1", GoldBucket = "gold", ArtifactsBucket = "artifacts", ModelRegistryTable = "models" };

    [Fact]
    public void The_configured_names_pass() => ConfiguredStores.Refusals(Asked, Own).ShouldBeEmpty();

    [Fact]
    public void Whatever_is_not_configured_passes() => ConfiguredStores.Refusals(
        Asked with { GoldBucket = "any", ModelRegistryTable = "any" },
        Own with { GoldBucket = null, ModelRegistryTable = null }).ShouldBeEmpty();

    [Fact]
    public void Every_other_name_is_refused() => ConfiguredStores.Refusals(
        Asked with { GoldBucket = "a", ArtifactsBucket = "b", ModelRegistryTable = "c" }, Own).Select(reason => reason.Split(',')[0])
        .ShouldBe(["goldBucket is 'a'", "artifactsBucket is 'b'", "modelRegistryTable is 'c'"]);

    [Fact]
    public async Task A_Tuner_that_allows_no_others_answers_with_the_name_and_begins_no_study()
    {
        using var directory = new TemporaryDirectory();
        await using var tuner = await TunerHarness.StartAsync(
            directory.Path, new SimulatedServices(), options: options => options.AllowOtherStores = false);
        await tuner.SendAsync(QueueNames.StartTraining, new StartTraining { ExecutionId = "study-1", ArtifactsBucket = "theirs" });

        var failed = await tuner.PublishedAsync<TrainingFailed>();

        (failed.ExecutionId, failed.InvalidInput).ShouldBe(("study-1", true));
        failed.Reasons.ShouldHaveSingleItem().ShouldStartWith("artifactsBucket is 'theirs', and this Tuner takes 'artifacts' only");
        (await tuner.Store.FindStudyAsync("study-1")).ShouldBeNull();
    }
}
