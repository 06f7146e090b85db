using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary>All that the records say of a study.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Its trials, by number.</param>
internal sealed record StudyDetails(StudyInstance Study, IReadOnlyList<TrialRecord> Trials)
{
    public static async Task<StudyDetails> OfAsync(StudyRecord record, IStudyStore studies, CancellationToken cancellationToken) => new(
        StudyDocument.Read(record),
        await studies.ListTrialsAsync(record.ExecutionId, cancellationToken).ToListAsync(cancellationToken));
}

/// <summary>What a study was asked for, less what it would be where nobody says.</summary>
internal static class ChangedSettings
{
    /// <summary>The settings that are not the defaults; of the search space, the hyperparameters that are not.</summary>
    public static JsonObject Of(StudySettings settings)
    {
        var defaults = Json(new StudySettings
        {
            ExecutionId = settings.ExecutionId,
            GoldBucket = settings.GoldBucket,
            ArtifactsBucket = settings.ArtifactsBucket,
            ModelRegistryTable = settings.ModelRegistryTable,
        });
        return Differences(Json(settings), defaults);
    }

    private static JsonObject Differences(JsonObject values, JsonObject defaults)
    {
        var differences = new JsonObject();
        foreach (var (name, value) in values.Where(value => !JsonNode.DeepEquals(value.Value, defaults[value.Key])))
        {
            differences[name] = name == "searchSpace"
                ? Differences(value!.AsObject(), defaults[name]!.AsObject())
                : value?.DeepClone();
        }

        return differences;
    }

    private static JsonObject Json(StudySettings settings) =>
        JsonSerializer.SerializeToNode(settings, JsonSerializerOptions.Web)!.AsObject();
}
