using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>
/// Holds a RegisterModel against its study's record before anything is written. A message that says something else is nobody's: the study
/// has not sent it, or sent it in a turn that it then lost. So it changes nothing and is answered to nobody, since an answer would end a
/// study that may wait for the right one.
/// </summary>
internal sealed class RegistrationCheck(IStudyStore studies, TimeProvider time)
{
    private const string Registering = "Registering";
    private const string Completed = "Completed";

    // That of a fold is a little longer than any other; no table has longer ones.
    private const int MaxIdLength = ExecutionIds.MaxLength + 32;

    // The Tuner sends RegisterModel within the turn at whose end it writes the record: 20 ms to 10 s, 20 s together.
    private static readonly TimeSpan[] Pauses =
        [.. Enumerable.Range(0, 10).Select(doublings => TimeSpan.FromMilliseconds(20 << doublings))];

    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>
    /// Why a message is refused; null where the study's record asks for the same. Throws <see cref="RegistrationException"/> where there is
    /// no such study.
    /// </summary>
    public async Task<string?> RefusalAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var record = await FindAsync(command, cancellationToken);
        var expected = ExpectedOf(record);
        foreach (var pause in Pauses)
        {
            if (expected is not null) break;
            await Task.Delay(pause, time, cancellationToken);
            record = await FindAsync(command, cancellationToken);
            expected = ExpectedOf(record);
        }

        if (expected is null)
        {
            return $"by its record the study is {record.State}, and no model of it waits to be registered; "
                + "where the Tuner wants one to be, it sends RegisterModel again.";
        }

        var (asked, known) = (Node(command), Node(expected));
        var different = known.Where(field => !JsonNode.DeepEquals(asked[field.Key], field.Value)).Select(field => field.Key).ToList();
        return different.Count == 0
            ? null
            : $"it differs from the study's record in {string.Join(", ", different)}; the record's best is epoch {expected.BestEpoch} of "
                + $"trial {expected.BestTrial}, as '{expected.ModelId}'. Who else sends to the queue '{QueueNames.RegisterModel}'?";
    }

    private async Task<StudyRecord> FindAsync(RegisterModel command, CancellationToken cancellationToken) =>
        command.ExecutionId is { Length: > 0 and <= MaxIdLength }
            && await studies.FindStudyAsync(command.ExecutionId, cancellationToken) is { } record
            ? record
            : throw new RegistrationException(
                $"There is no study '{command.ExecutionId}' in the table that the Registry reads, so no model of it is registered; "
                + "check that the Registry and the Tuner use the same STUDY_TABLE.");

    // The message that a study's record calls for; null where it calls for none, as far as it is written.
    private static RegisterModel? ExpectedOf(StudyRecord record)
    {
        if (record.State is not (Registering or Completed) || Read(record) is not { Data: { } data, Result.Winner: { } best } study)
        {
            return null;
        }

        return new RegisterModel
        {
            ExecutionId = record.ExecutionId,
            ModelId = ObjectKeys.ModelId(record.ExecutionId, record.StartedAt),
            StartedAt = record.StartedAt,
            BestTrial = best.Trial,
            BestEpoch = best.Epoch,
            BestValidationLoss = best.Loss,
            Checkpoint = best.Checkpoint,
            Config = best.Config,
            Settings = study.Settings,
            Data = data,
            WalkForward = [.. study.Folds.OrderBy(fold => fold.Number)],
        };
    }

    // One of another version that cannot be read yet is written anew at the end of the turn.
    private static StudyOnRecord? Read(StudyRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize<StudyOnRecord>(record.Saga, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject Node(RegisterModel message) => JsonSerializer.SerializeToNode(message, Json)!.AsObject();

    /// <summary>What the Registry reads of the Tuner's document of a study.</summary>
    private sealed record StudyOnRecord
    {
        public required StudySettings Settings { get; init; }

        public DataManifest? Data { get; init; }

        public ResultOnRecord? Result { get; init; }

        public IReadOnlyList<FoldResult> Folds { get; init; } = [];
    }

    private sealed record ResultOnRecord(BestOnRecord? Winner);

    private sealed record BestOnRecord(int Trial, int Epoch, double Loss, TrialConfig Config, ObjectReference Checkpoint);
}
