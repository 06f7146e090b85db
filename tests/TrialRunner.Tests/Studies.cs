using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;

namespace MacroCausal.TrialRunner.Tests;

/// <summary>A small study in a store: its splits as DataPrep writes them, and the messages that its Tuner sends.</summary>
internal static class Studies
{
    public const double TargetScale = 3;

    public static async Task<DataManifest> PrepareAsync(MemoryObjects objects) => new()
    {
        Train = await WriteAsync(objects, "train.parquet", 96),
        Validation = await WriteAsync(objects, "validation.parquet", 24),
        Scaler = new ObjectReference("s3://artifacts/runs/study/data/scaler.json", ""),
        Profile = new ObjectReference("s3://artifacts/runs/study/data/profile.json", ""),
        Features = 3,
        TrainRows = 96,
        ValidationRows = 24,
        TestRows = 0,
        TargetMean = 10,
        TargetScale = TargetScale,
        MeanBaseline = 9,
        RidgeBaseline = 5,
    };

    public static RunTrial Segment(DataManifest data, int fromEpoch = 0, int toEpoch = 10, ObjectReference? checkpoint = null, int trial = 3) => new()
    {
        ExecutionId = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c",
        Trial = trial,
        Seed = 42 + trial,
        Config = new TrialConfig { LearningRate = 0.005, BatchSize = 32, HiddenLayers = [8, 4], Dropout = 0.1, WeightDecay = 1e-4 },
        FromEpoch = fromEpoch,
        ToEpoch = toEpoch,
        Patience = 1000,
        Checkpoint = checkpoint,
        ArtifactsBucket = "artifacts",
        Data = data,
        Attempt = 0,
    };

    private static async Task<ObjectReference> WriteAsync(MemoryObjects objects, string name, int rows)
    {
        var features = Enumerable.Range(0, rows * 3).Select(cell => MathF.Sin(1 + cell * 0.37f)).ToArray();
        var split = new PreparedTable
        {
            Names = ["a", "b", "c"],
            Features = features,
            Rows = rows,
            Target = [.. Enumerable.Range(0, rows).Select(row => features[row * 3] - 0.5f * features[row * 3 + 1])],
        };
        using var stream = new MemoryStream();
        await SplitTable.WriteAsync(split, stream);
        return objects.Put($"s3://artifacts/runs/study/data/{name}", stream.ToArray());
    }
}
