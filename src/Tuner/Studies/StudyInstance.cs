using System.Text.Json.Serialization;
using MassTransit;

namespace MacroCausal.Tuner.Studies;

/// <summary>A study as the saga sees it: coarse and small. The trials are in records of their own.</summary>
public sealed class StudyInstance : SagaStateMachineInstance, ISagaVersion
{
    /// <inheritdoc/>
    public Guid CorrelationId { get; set; }

    /// <inheritdoc/>
    [JsonIgnore]
    public int Version { get; set; }

    /// <summary>Name of the state.</summary>
    public string CurrentState { get; set; } = "";

    /// <summary>What was asked for.</summary>
    public StudySettings Settings { get; set; } = null!;

    /// <summary>When the study began, UTC.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>The splits, once they are prepared.</summary>
    public DataManifest? Data { get; set; }

    /// <summary>Changes with the trial records; a fold of them with another stamp is out of date.</summary>
    public Guid Stamp { get; set; }

    /// <summary>The chain of wake-up calls that counts.</summary>
    public int SweepChain { get; set; }

    /// <summary>What the search came to, once it is over.</summary>
    public SearchResult? Result { get; set; }

    /// <summary>How the study ended well.</summary>
    public TrainingCompleted? Completed { get; set; }

    /// <summary>How the study ended badly.</summary>
    public TrainingFailed? Failed { get; set; }

    /// <summary>The instance as it is stored, to see whether it has changed.</summary>
    [JsonIgnore]
    public string? Stored { get; set; }
}
