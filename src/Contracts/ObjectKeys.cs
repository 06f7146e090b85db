using System.Globalization;

namespace MacroCausal.Contracts;

/// <summary>
/// Where a study's objects are within their buckets. Other stages depend on <see cref="GoldTable"/> and <see cref="Model"/>.
/// </summary>
public static class ObjectKeys
{
    /// <summary>The gold table, in the gold bucket.</summary>
    public static string GoldTable(string executionId) => $"gold/{executionId}/processed_data.parquet";

    /// <summary>Folder of the model's artifacts, in the artifacts bucket; ends with a slash.</summary>
    public static string Model(string executionId) => $"models/{executionId}/";

    /// <summary>Key of a study's model in the registry, of the study's start in seconds.</summary>
    public static string ModelId(string executionId, DateTimeOffset startedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"model_{executionId}_{startedAt.UtcDateTime:yyyyMMdd_HHmmss}");

    /// <summary>Folder of the splits and the scaler, in the artifacts bucket; ends with a slash.</summary>
    public static string Data(string executionId) => $"runs/{executionId}/data/";

    /// <summary>What the fold of a walk-forward forecasts, in the artifacts bucket; below the model that it judges.</summary>
    public static string FoldForecasts(string executionId) => $"{Model(executionId)}forecasts.parquet";

    /// <summary>Folder of the trials' checkpoints, in the artifacts bucket; ends with a slash.</summary>
    public static string Checkpoints(string executionId) => $"runs/{executionId}/checkpoints/";

    /// <summary>State of a trial at a milestone, in the artifacts bucket.</summary>
    public static string Checkpoint(string executionId, int trial, int epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{Checkpoints(executionId)}{trial:D6}/{epoch:D5}.safetensors");

    /// <summary>
    /// State of a trial within the segment that ends at <paramref name="toEpoch"/>, left by a runner that had to stop; in the artifacts
    /// bucket.
    /// </summary>
    public static string PartialCheckpoint(string executionId, int trial, int toEpoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{Checkpoints(executionId)}{trial:D6}/{toEpoch:D5}.partial.safetensors");

    /// <summary>What a runner writes and reads to see whether it may; in the artifacts bucket, where it may write checkpoints.</summary>
    public static string Probe(string runner) => $"{Checkpoints("probe")}{runner}";

    /// <summary>The address of an object: <c>s3://bucket/key</c>.</summary>
    public static string Uri(string bucket, string key) => $"s3://{bucket}/{key}";
}
