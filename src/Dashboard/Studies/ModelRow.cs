using MacroCausal.Storage;

namespace MacroCausal.Dashboard.Studies;

/// <summary>A registered model.</summary>
public sealed record ModelRow
{
    /// <summary>The model.</summary>
    public required string ModelId { get; init; }

    /// <summary>The study that made it.</summary>
    public required string ExecutionId { get; init; }

    /// <summary><c>TRAINED</c>, or what it was promoted to.</summary>
    public required string Status { get; init; }

    /// <summary>Start of the study, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Version of MacroCausal that made it.</summary>
    public required string Version { get; init; }

    /// <summary>Numbers by name, as the registry has them.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>SHA-256 of <c>model.safetensors</c>.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Whether it has another status than it was registered with.</summary>
    public bool IsPromoted => Status != ModelStatuses.Trained;

    internal static ModelRow Of(ModelRecord model) => new()
    {
        ModelId = model.ModelId,
        ExecutionId = model.ExecutionId,
        Status = model.Status,
        CreatedAt = model.CreatedAt,
        Version = model.Version,
        Metrics = model.Metrics,
        WeightsSha256 = model.WeightsSha256,
    };
}
