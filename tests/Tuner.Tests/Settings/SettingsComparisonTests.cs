using System.Text.Json;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Tuner.Tests.Settings;

public sealed class SettingsComparisonTests
{
    private static readonly StudySettings Settings = new()
    {
        ExecutionId = "study",
        GoldBucket = "gold",
        ArtifactsBucket = "artifacts",
        ModelRegistryTable = "models",
        IgnoredColumns = ["note"],
    };

    [Fact]
    public void The_same_settings_read_again_are_the_same()
    {
        var json = JsonSerializer.Serialize(Settings, JsonSerializerOptions.Web);
        var again = JsonSerializer.Deserialize<StudySettings>(json, JsonSerializerOptions.Web)!;

        SettingsComparison.Refusal(Settings, again).ShouldBeNull();
    }

    [Fact]
    public void Every_setting_that_differs_is_named_with_both_values() =>
        SettingsComparison.Refusal(Settings, Settings with { Trials = 50, IgnoredColumns = [], TargetLoss = 0.5 }).ShouldBe(
            "There is a study 'study' already, with other settings: ignoredColumns is [\"note\"], and [] is asked for; "
            + "trials is 20, and 50 is asked for; targetLoss is none, and 0.5 is asked for. "
            + "Give another execution id, or the same settings.");
}
