using System.Text.Json.Serialization;

namespace MacroCausal.Reporting.Studies;

/// <summary>What <c>metadata.json</c> says of a registered model; what a version did not write is null.</summary>
internal sealed record StoredModel
{
    public string? ModelId { get; init; }

    public int? BestTrial { get; init; }

    public int? BestEpoch { get; init; }

    public TrialConfig? Config { get; init; }

    public Verdict? Verdict { get; init; }

    /// <summary>The ensemble that was tried; null where there was none.</summary>
    public StoredEnsemble? Ensemble { get; init; }

    /// <summary>Networks and baselines in one model; null where the model is networks alone.</summary>
    public StoredCombination? Combination { get; init; }

    /// <summary>The best trial's loss, corrected for its selection; that of the verdict is the delivered ensemble's where one is.</summary>
    public double? BestTrialCorrectedLoss => Ensemble?.BestTrialCorrectedLoss ?? Verdict?.CorrectedLoss;

    public StoredSeeds? Seeds { get; init; }

    public IReadOnlyDictionary<string, string>? Versions { get; init; }

    public IReadOnlyDictionary<string, ObjectReference?>? Inputs { get; init; }

    public IReadOnlyDictionary<string, string>? Artifacts { get; init; }
}

/// <summary>What averaging trials came to. Losses are mean squared errors on the validation rows.</summary>
internal sealed record StoredEnsemble
{
    public bool Delivered { get; init; }

    public IReadOnlyList<StoredMember> Members { get; init; } = [];

    public double Loss { get; init; }

    public double MemberLoss { get; init; }

    public double Spread { get; init; }

    public double CorrectedLoss { get; init; }

    public double BestTrialCorrectedLoss { get; init; }
}

/// <summary>A trial in an ensemble, and how often it was selected.</summary>
internal sealed record StoredMember(int Trial, int Weight);

/// <summary>Networks and baselines in one model. Losses are mean squared errors on the validation rows.</summary>
internal sealed record StoredCombination
{
    public double NetworkShare { get; init; }

    public IReadOnlyList<StoredBaseline> Baselines { get; init; } = [];

    public double Loss { get; init; }

    public double CorrectedLoss { get; init; }

    public double NetworksCorrectedLoss { get; init; }
}

/// <summary>A baseline in a model.</summary>
internal sealed record StoredBaseline(string Name, double Share, double Loss);

/// <summary>Seeds of everything random.</summary>
internal sealed record StoredSeeds(long Study, long Trial);

/// <summary>What <c>profile.json</c> says of a table; what a version did not write is null or empty.</summary>
internal sealed record StoredProfile
{
    public int Rows { get; init; }

    public int RowsWithoutTarget { get; init; }

    public string? Time { get; init; }

    public int Horizon { get; init; } = 1;

    public int? Groups { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public DateRange? TrainDates { get; init; }

    public DateRange? ValidationDates { get; init; }

    public DateRange? TestDates { get; init; }

    public IReadOnlyList<StoredColumn> Columns { get; init; } = [];
}

/// <summary>A column of the table.</summary>
internal sealed record StoredColumn
{
    public string Name { get; init; } = "";

    public string? Type { get; init; }

    public bool Kept { get; init; }

    public string? Reason { get; init; }

    public double MissingShare { get; init; }

    public int? Categories { get; init; }
}

/// <summary>How the files of a study are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredModel))]
[JsonSerializable(typeof(StoredProfile))]
[JsonSerializable(typeof(StudySettings))]
internal sealed partial class StoredJson : JsonSerializerContext;
