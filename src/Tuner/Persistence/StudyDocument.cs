using System.Text.Json;
using MacroCausal.Storage;
using System.Text.Json.Nodes;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Persistence;

/// <summary>A saga instance as a study's record, and back.</summary>
public static class StudyDocument
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The record of an instance.</summary>
    public static StudyRecord Write(StudyInstance instance) => new()
    {
        ExecutionId = instance.Settings.ExecutionId,
        State = instance.CurrentState,
        Version = instance.Version,
        StartedAt = instance.StartedAt,
        Saga = JsonSerializer.Serialize(instance, Json),
    };

    /// <summary>The instance of a record.</summary>
    public static StudyInstance Read(StudyRecord record)
    {
        var instance = JsonSerializer.Deserialize<StudyInstance>(Upgrade(record.Saga), Json)
            ?? throw new JsonException($"The record of the study '{record.ExecutionId}' is empty.");
        instance.Version = record.Version;
        instance.Stored = record.Saga;
        return instance;
    }

    // Version 0.1 named two baselines where a map is now.
    private static string Upgrade(string saga)
    {
        if (!saga.Contains("\"meanBaseline\":", StringComparison.Ordinal)) return saga;
        var study = JsonNode.Parse(saga)!.AsObject();
        foreach (var part in new[] { study["data"], study["completed"] }.OfType<JsonObject>().Where(part => !part.ContainsKey("baselines")))
        {
            part["baselines"] = new JsonObject { ["mean"] = part["meanBaseline"]?.DeepClone(), ["ridge"] = part["ridgeBaseline"]?.DeepClone() };
        }

        return study.ToJsonString();
    }

    /// <summary>The record that replaces the one that an instance was read from; none where nothing has changed.</summary>
    public static StudyRecord? Next(StudyInstance instance)
    {
        var record = Write(instance);
        return record.Saga == instance.Stored ? null : record with { Version = ++instance.Version };
    }
}
