using System.Text.Json;
using System.Text.Json.Nodes;

namespace MacroCausal.Tuner.Settings;

/// <summary>What is asked for differently by a second StartTraining of one execution id. Pure.</summary>
public static class SettingsComparison
{
    /// <summary>Why a second StartTraining is refused; null where it asks for the same.</summary>
    /// <param name="known">Settings of the study that is there.</param>
    /// <param name="asked">What is asked for now.</param>
    public static string? Refusal(StudySettings known, StudySettings asked)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(asked);
        var (before, after) = (Json(known), Json(asked));
        var differences = after
            .Where(setting => !JsonNode.DeepEquals(setting.Value, before[setting.Key]))
            .Select(setting => $"{setting.Key} is {Text(before[setting.Key])}, and {Text(setting.Value)} is asked for")
            .ToList();
        return differences.Count == 0
            ? null
            : $"There is a study '{known.ExecutionId}' already, with other settings: {string.Join("; ", differences)}. "
                + "Give another execution id, or the same settings.";
    }

    private static JsonObject Json(StudySettings settings) =>
        JsonSerializer.SerializeToNode(settings, JsonSerializerOptions.Web)!.AsObject();

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "none";
}
