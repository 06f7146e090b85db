namespace MacroCausal.Storage;

/// <summary>A study, coarsely: its saga instance.</summary>
public sealed record StudyRecord
{
    /// <summary>The study; the record's key.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Name of the saga's state.</summary>
    public required string State { get; init; }

    /// <summary>Counts changes, from 0.</summary>
    public required int Version { get; init; }

    /// <summary>When it was started, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The saga instance as JSON; at most a few kilobytes.</summary>
    public required string Saga { get; init; }
}
