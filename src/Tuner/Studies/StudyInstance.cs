using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MacroCausal.Storage;
using MassTransit;

namespace MacroCausal.Tuner.Studies;

/// <summary>A study as the saga sees it: coarse and small. The trials are in records of their own.</summary>
public sealed class StudyInstance : SagaStateMachineInstance, ISagaVersion
{
    private readonly List<int> _changed = [];

    /// <summary>Hash of the execution id, <see cref="ExecutionIds.StudyId"/>.</summary>
    public Guid CorrelationId { get; set; }

    /// <summary>Number of changes so far; a column of the record and no part of the JSON.</summary>
    [JsonIgnore]
    public int Version { get; set; }

    /// <summary>Name of a state of <see cref="StudyStateMachine"/>.</summary>
    public string CurrentState { get; set; } = "";

    /// <summary>What was asked for, with every default filled in.</summary>
    public StudySettings Settings { get; set; } = null!;

    /// <summary>When the study began, UTC.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>The splits, once they are prepared.</summary>
    public DataManifest? Data { get; set; }

    /// <summary>Changes with the trial records; a fold of them with another stamp is out of date.</summary>
    [JsonPropertyName("stamp")]
    public Guid ConcurrencyStamp { get; set; }

    /// <summary>What the last turns changed, oldest first, as <see cref="TurnLog"/> writes it.</summary>
    public IReadOnlyList<string> Turns
    {
        get => _changed.Count == 0 ? field : TurnLog.Add(field, ConcurrencyStamp, _changed);
        set;
    } = [];

    /// <summary>Seconds that it has searched, where it has a budget of them; see <see cref="RunningTime"/>.</summary>
    public double SearchSeconds { get; set; }

    /// <summary>Up to when they are counted, UTC; null where the count begins with the next turn.</summary>
    public DateTimeOffset? CountedUpTo { get; set; }

    /// <summary>
    /// Every segment that a finished turn issued was sent; this is when the last of them was issued. A later one is of a turn that nobody
    /// has finished.
    /// </summary>
    public DateTimeOffset SentUpTo { get; set; }

    /// <summary>Trials whose running segment may never have been sent.</summary>
    public IReadOnlyList<int> Unsent { get; set; } = [];

    /// <summary>When PrepareData or RegisterModel was last sent, UTC.</summary>
    public DateTimeOffset CommandSentAt { get; set; }

    /// <summary>How often it was sent.</summary>
    public int CommandsSent { get; set; }

    /// <summary>What the search came to, once it is over.</summary>
    public SearchResult? Result { get; set; }

    /// <summary>What the folds of the study's walk-forward came to, those that are over.</summary>
    public IReadOnlyList<FoldResult> Folds { get; set; } = [];

    /// <summary>What a study that is a fold itself forecast for its block.</summary>
    public ObjectReference? Forecasts { get; set; }

    /// <summary>The answer of a study that ended with a model.</summary>
    public TrainingCompleted? Completed { get; set; }

    /// <summary>The answer of a study that ended without one.</summary>
    public TrainingFailed? Failed { get; set; }

    /// <summary>How it was cancelled; null where it was not, or was resumed since.</summary>
    public StudyCancellation? Cancelled { get; set; }

    /// <summary>
    /// What another process asks for that shares the records and has no way to the queue; the next look makes a message of it.
    /// </summary>
    public CancelTraining? CancelRequest { get; set; }

    /// <summary>The same of PauseTraining and ResumeTraining; null where nothing is asked for.</summary>
    public PauseRequest? Request { get; set; }

    /// <summary>Since when it starts no segment, UTC; null where it is not paused.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    /// <summary>
    /// When the last CancelTraining was sent that ended it, the PauseTraining that paused it, or the ResumeTraining that took it up again;
    /// what was sent before is late.
    /// </summary>
    public DateTimeOffset OrderedAt { get; set; }

    /// <summary>Failed trials of this number or a later one are tried again as slots become free; null where none is.</summary>
    public int? RetryFrom { get; set; }

    /// <summary>
    /// How many segments it could have out as of its last turn, where that is less than its parallelism because there is nothing more to
    /// start; null where it is not.
    /// </summary>
    public int? Wanted { get; set; }

    /// <summary>The instance's JSON as it is stored, to see whether it has changed.</summary>
    [JsonIgnore]
    public string? Stored { get; set; }

    /// <summary>Why the search itself failed in this turn; null where it did not.</summary>
    [JsonIgnore]
    public string? SearchFailure { get; set; }

    /// <summary>Whether somebody must look after it: it is neither completed nor failed.</summary>
    [JsonIgnore]
    public bool IsActive => CurrentState is not (nameof(StudyStateMachine.Completed) or nameof(StudyStateMachine.Failed));

    /// <summary>Whether a study that failed has something to go on with: its table, its best model, or trials to try.</summary>
    [JsonIgnore]
    public bool CanBeResumed => Data is null || Result is not null || Cancelled is not null;

    /// <summary>Whether it was active when it was read.</summary>
    [JsonIgnore]
    public bool WasActive { get; set; }

    /// <summary>A trial was changed in this turn, at that time; the first change gives the turn its stamp.</summary>
    public void RecordChange(int trial, DateTimeOffset now)
    {
        if (_changed.Count == 0)
        {
            ConcurrencyStamp = Guid.NewGuid();
        }

        _changed.Add(trial);
        SentUpTo = SentUpTo > now ? SentUpTo : now;
        if (Unsent.Contains(trial))
        {
            Unsent = [.. Unsent.Where(unsent => unsent != trial)];
        }
    }
}

/// <summary>That a study was cancelled.</summary>
/// <param name="At">When the Tuner ended it, UTC.</param>
/// <param name="During">Name of the state in which it was.</param>
/// <param name="RegisterBest">Whether the best checkpoint was to be registered.</param>
public sealed record StudyCancellation(DateTimeOffset At, string During, bool RegisterBest);

/// <summary>What a study is asked for through its record.</summary>
public enum PauseRequest
{
    /// <summary>PauseTraining.</summary>
    Pause,

    /// <summary>ResumeTraining.</summary>
    Resume,
}

/// <summary>What a search came to.</summary>
public sealed record SearchResult
{
    /// <summary>The model to register; null where no trial has a finite loss.</summary>
    [JsonPropertyName("winner")]
    public BestCheckpoint? Best { get; init; }

    /// <summary>Trials that were started.</summary>
    public required int Trials { get; init; }

    /// <summary>Trials that failed.</summary>
    public required int FailedTrials { get; init; }

    /// <summary>Epochs of all trials together.</summary>
    public required long TrialEpochs { get; init; }
}

/// <summary>The state of the best trial of a study.</summary>
/// <param name="Trial">Its number, from 0.</param>
/// <param name="Epoch">The epoch whose weights are the model, from 1.</param>
/// <param name="Loss">Its validation loss, in the target's unit, squared.</param>
/// <param name="Config">Its hyperparameters.</param>
/// <param name="Checkpoint">The checkpoint that holds those weights.</param>
public sealed record BestCheckpoint(int Trial, int Epoch, double Loss, TrialConfig Config, ObjectReference Checkpoint);

/// <summary>A saga instance as a study's record, and back.</summary>
public static class StudyDocument
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter<PauseRequest>() } };

    /// <summary>The record of an instance.</summary>
    public static StudyRecord Write(StudyInstance instance) => new()
    {
        ExecutionId = instance.Settings.ExecutionId,
        State = instance.CurrentState,
        Version = instance.Version,
        StartedAt = instance.StartedAt,
        Saga = JsonSerializer.Serialize(instance, Json),
    };

    /// <summary>The instance of a record; throws <see cref="JsonException"/> where the record holds none.</summary>
    public static StudyInstance Read(StudyRecord record)
    {
        var instance = JsonSerializer.Deserialize<StudyInstance>(Upgrade(record.Saga), Json)
            ?? throw new JsonException($"The record of the study '{record.ExecutionId}' is empty.");
        instance.Version = record.Version;
        instance.Stored = record.Saga;
        instance.WasActive = !record.IsOver;
        return instance;
    }

    /// <summary>The record that replaces the one that an instance was read from; null where nothing has changed.</summary>
    public static StudyRecord? Next(StudyInstance instance)
    {
        var record = Write(instance);
        return record.Saga == instance.Stored ? null : record with { Version = ++instance.Version };
    }

    /// <summary>The message that a record asks for, CancelTraining, PauseTraining or ResumeTraining; null where it asks for none.</summary>
    public static object? FindRequest(StudyRecord record)
    {
        if (record.Saga.Contains("\"cancelRequest\":{", StringComparison.Ordinal)) return Read(record).CancelRequest;
        if (!record.Saga.Contains("\"request\":\"", StringComparison.Ordinal)) return null;
        return Read(record).Request switch
        {
            PauseRequest.Pause => new PauseTraining { ExecutionId = record.ExecutionId },
            PauseRequest.Resume => new ResumeTraining { ExecutionId = record.ExecutionId },
            _ => null,
        };
    }

    // Version 0.1 named two baselines where a map is now.
    private static string Upgrade(string saga)
    {
        if (!saga.Contains("\"meanBaseline\":", StringComparison.Ordinal)) return saga;
        var study = JsonNode.Parse(saga)!.AsObject();
        foreach (var part in new[] { study["data"], study["completed"] }.OfType<JsonObject>().Where(part => !part.ContainsKey("baselines")))
        {
            part["baselines"] = new JsonObject
            {
                ["mean"] = part["meanBaseline"]?.DeepClone(),
                ["ridge"] = part["ridgeBaseline"]?.DeepClone(),
            };
        }

        return study.ToJsonString();
    }
}
