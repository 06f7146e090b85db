using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;

namespace MacroCausal.TrialRunner.Tests;

/// <summary>A small study in a store: its splits as DataPrep writes them, and the messages that its Tuner sends.</summary>
internal static class Studies
{
    public const double TargetScale = 3;
    private const long FirstSeed = 42;

    public static async Task<DataManifest> PrepareAsync(MemoryObjectStore objects) => new()
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
        Baselines = new Dictionary<string, double> { ["mean"] = 9, ["ridge"] = 5 },
    };

    public static RunTrial Segment(
        DataManifest data, int fromEpoch = 0, int toEpoch = 10, ObjectReference? checkpoint = null, int trial = 3) =>
        new()
        {
            ExecutionId = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c",
            Trial = trial,
            Seed = FirstSeed + trial,
            Config = new TrialConfig { LearningRate = 0.005, BatchSize = 32, HiddenLayers = [8, 4], Dropout = 0.1, WeightDecay = 1e-4 },
            FromEpoch = fromEpoch,
            ToEpoch = toEpoch,
            Patience = 1000,
            Checkpoint = checkpoint,
            ArtifactsBucket = "artifacts",
            Data = data,
            Attempt = 0,
        };

    /// <summary>Segments of trials 0 to <paramref name="count"/> - 1, of one shape and otherwise different.</summary>
    public static IReadOnlyList<RunTrial> Segments(DataManifest data, int count, int toEpoch = 10) =>
    [
        .. Enumerable.Range(0, count).Select(trial => Segment(data, toEpoch: toEpoch, trial: trial).With(config => config with
        {
            LearningRate = 0.002 * (trial + 1),
            Dropout = 0.05 * trial,
        })),
    ];

    public static RunTrial With(this RunTrial segment, Func<TrialConfig, TrialConfig> change) =>
        segment with { Config = change(segment.Config) };

    /// <summary>The trial that has a seed.</summary>
    public static int TrialOf(long seed) => (int)(seed - FirstSeed);

    /// <summary>The hash of each segment's last checkpoint where each is trained by itself.</summary>
    public static async Task<string[]> AloneAsync(params IEnumerable<RunTrial> segments)
    {
        var objects = new MemoryObjectStore();
        await PrepareAsync(objects);
        await using var process = await RunnerProcess.StartAsync(objects);
        return await process.HashesAsync(segments);
    }

    private static async Task<ObjectReference> WriteAsync(MemoryObjectStore objects, string name, int rows)
    {
        var features = Enumerable.Range(0, rows * 3).Select(cell => MathF.Sin(1 + cell * 0.37f)).ToArray();
        var split = new FeatureMatrix
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
