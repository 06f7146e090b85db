using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.ML.OnnxRuntime;

namespace MacroCausal.Registry;

/// <summary>
/// The content of <c>metadata.json</c>: what the model is, what it was made of, by which versions, and how good it is. It holds no time but
/// the study's start, so a repeat writes the same.
/// </summary>
internal sealed record ModelMetadata
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string Format { get; } = "macrocausal-metadata/1";

    public required string ModelId { get; init; }

    public required string ExecutionId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int BestTrial { get; init; }

    public required int BestEpoch { get; init; }

    public required TrialConfig Config { get; init; }

    public required StudySettings Settings { get; init; }

    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Validation errors of those that the model must beat, by name.</summary>
    public required IReadOnlyDictionary<string, double> Baselines { get; init; }

    /// <summary>Whether the model is shown to be better than the best of them.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Engines that trained the best trial, in the order in which they came; null where its checkpoint does not say.</summary>
    public IReadOnlyList<string>? Engines { get; init; }

    /// <summary>The ensemble that was tried; null where a single trial is all that there is.</summary>
    public MetadataEnsemble? Ensemble { get; init; }

    /// <summary>What stands beside the networks in the model files; null where they hold networks alone.</summary>
    public MetadataCombination? Combination { get; init; }

    public required MetadataData Data { get; init; }

    public required MetadataSeeds Seeds { get; init; }

    public required SoftwareVersions Versions { get; init; }

    public required MetadataOnnx Onnx { get; init; }

    /// <summary>What the model was made of, by role.</summary>
    public required IReadOnlyDictionary<string, ObjectReference?> Inputs { get; init; }

    /// <summary>SHA-256 of every other artifact, by name.</summary>
    public required IReadOnlyDictionary<string, string> Artifacts { get; init; }

    /// <summary>The verdict in a <c>metadata.json</c>; null in one of an older version.</summary>
    public static Verdict? VerdictOf(Stream metadata) =>
        JsonNode.Parse(metadata)?["verdict"]?.Deserialize<Verdict>(Json);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}

/// <summary>The splits and what was found in the table.</summary>
internal sealed record MetadataData
{
    public required string Target { get; init; }

    public required double TargetMean { get; init; }

    public required double TargetScale { get; init; }

    public required int Features { get; init; }

    public required int TrainRows { get; init; }

    public required int ValidationRows { get; init; }

    public required int TestRows { get; init; }

    public required JsonObject Profile { get; init; }
}

/// <summary>The ensemble of a study. Losses are mean squared errors in the target's unit, squared.</summary>
internal sealed record MetadataEnsemble
{
    /// <summary>Whether it stands for the networks in the model files; else the best trial does.</summary>
    public required bool Delivered { get; init; }

    /// <summary>Its trials, and how often each was selected.</summary>
    public required IReadOnlyList<MemberTrial> Members { get; init; }

    /// <summary>Loss of the mean on the validation rows, which selected the members.</summary>
    public required double Loss { get; init; }

    /// <summary>Weighted mean of the members' losses on the same rows.</summary>
    public required double MemberLoss { get; init; }

    /// <summary>What averaging gained: the mean squared distance of the members' forecasts from their mean.</summary>
    public required double Spread { get; init; }

    /// <summary>Its loss, corrected for the selection of the members.</summary>
    public required double CorrectedLoss { get; init; }

    /// <summary>The best trial's loss, corrected for its selection, on the same draws.</summary>
    public required double BestTrialCorrectedLoss { get; init; }

    public static MetadataEnsemble? Of(TrialComparison comparison) => comparison.Ensemble is not { } ensemble ? null : new()
    {
        Delivered = comparison.Networks is not null,
        Members = ensemble.Trials,
        Loss = ensemble.Gain.Loss,
        MemberLoss = ensemble.Gain.MemberLoss,
        Spread = ensemble.Gain.Spread,
        CorrectedLoss = ensemble.Figures.Loss,
        BestTrialCorrectedLoss = comparison.Best!.Loss,
    };
}

/// <summary>Networks and baselines in one model. Losses are mean squared errors in the target's unit, squared.</summary>
internal sealed record MetadataCombination
{
    /// <summary>Share of the networks, above 0.</summary>
    public required double NetworkShare { get; init; }

    /// <summary>Share of every baseline in the model, and its loss on the validation rows.</summary>
    public required IReadOnlyList<MetadataBaseline> Baselines { get; init; }

    /// <summary>Loss of all together on the validation rows, which selected the networks.</summary>
    public required double Loss { get; init; }

    /// <summary>The same, corrected for the selection of the networks.</summary>
    public required double CorrectedLoss { get; init; }

    /// <summary>Corrected loss of the networks alone.</summary>
    public required double NetworksCorrectedLoss { get; init; }

    public static MetadataCombination? Of(TrialComparison comparison) => comparison.Combination is not { } combination ? null : new()
    {
        NetworkShare = combination.NetworkShare,
        Baselines =
        [
            .. combination.Baselines.Select(baseline => new MetadataBaseline(baseline.Member.Name, baseline.Share, baseline.Loss)),
        ],
        Loss = combination.Loss,
        CorrectedLoss = combination.Figures.Loss,
        NetworksCorrectedLoss = (comparison.Networks?.Figures ?? comparison.Best!).Loss,
    };
}

/// <summary>A baseline in a model.</summary>
internal sealed record MetadataBaseline(string Name, double Share, double Loss);

/// <summary>Seeds of everything random.</summary>
internal sealed record MetadataSeeds(long Study, long Trial);

/// <summary>How <c>model.onnx</c> is fed, and how close it is to the model that was trained.</summary>
internal sealed record MetadataOnnx
{
    /// <summary>Columns of the input <c>numeric</c>, in order.</summary>
    public required IReadOnlyList<string> NumericColumns { get; init; }

    /// <summary>Columns of the input <c>text</c>, in order.</summary>
    public required IReadOnlyList<string> TextColumns { get; init; }

    /// <summary>Earlier rows that a row's prediction reads; above 0, rows are fed in date order, those of one series at once.</summary>
    public required int HistoryRows { get; init; }

    /// <summary>Columns of <c>numeric</c> that are computed of a row's date, and how; null without temporal columns.</summary>
    public IReadOnlyDictionary<string, string>? CalendarColumns { get; init; }

    public required int RowsCompared { get; init; }

    /// <summary>Largest difference of two predictions, in the target's unit.</summary>
    [JsonPropertyName("largestDifference")]
    public required double MaxDifference { get; init; }

    public required double AllowedDifference { get; init; }
}

/// <summary>The versions that made a model.</summary>
internal sealed record SoftwareVersions(string MacroCausal, string TorchSharp, string OnnxRuntime, string DotNet)
{
    public static SoftwareVersions Current { get; } = new(
        Of(typeof(SoftwareVersions).Assembly), Of(typeof(TorchSharp.torch).Assembly), Of(typeof(InferenceSession).Assembly),
            Environment.Version.ToString());

    // Without the commit that follows a plus sign.
    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? assembly.GetName().Version!.ToString();
}
