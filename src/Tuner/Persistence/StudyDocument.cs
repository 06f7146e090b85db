using System.Text.Json;
using MacroCausal.Storage.Studies;
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
        var instance = JsonSerializer.Deserialize<StudyInstance>(record.Saga, Json)
            ?? throw new JsonException($"The record of the study '{record.ExecutionId}' is empty.");
        instance.Stored = record.Saga;
        return instance;
    }

    /// <summary>Whether an instance differs from what is stored of it.</summary>
    public static bool HasChanged(StudyInstance instance) => JsonSerializer.Serialize(instance, Json) != instance.Stored;
}
