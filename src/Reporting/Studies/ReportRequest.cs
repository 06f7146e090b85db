namespace MacroCausal.Reporting.Studies;

/// <summary>Which study is reported of, and what its state says of it. The rest is read from its records and objects.</summary>
public sealed record ReportRequest
{
    /// <summary>What the study was asked for.</summary>
    public required StudySettings Settings { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its splits; null where it failed before it had them.</summary>
    public DataManifest? Data { get; init; }

    /// <summary>Why it failed, a sentence each; none where it did not.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}
