using System.Text.Json;
using MacroCausal.Contracts;
using MacroCausal.Storage;

namespace MacroCausal.TestKit.Stores;

/// <summary>Records to write in tests, complete and different in every field.</summary>
public static class Records
{
    public const string Arn = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c2a7e";

    public static DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 30, 15, TimeSpan.Zero);

    public static TrialConfig Config { get; } = new()
    {
        LearningRate = 1.25e-3,
        BatchSize = 64,
        HiddenLayers = [128, 64],
        Dropout = 0.1 + 0.2,
        WeightDecay = 1e-5,
    };

    public static StudyRecord Study(string executionId = Arn, int version = 0, DateTimeOffset? startedAt = null) => new()
    {
        ExecutionId = executionId,
        State = version == 0 ? "Preparing" : "Running",
        Version = version,
        StartedAt = startedAt ?? Start,
        Saga = $$"""{"trials":{{version}},"note":"Ünïcödé 日本 🎲 'quoted'"}""",
    };

    /// <summary>The record of a study that asks for that registration, as the Tuner writes it.</summary>
    public static StudyRecord Registering(RegisterModel command, int version = 0) => new()
    {
        ExecutionId = command.ExecutionId,
        State = "Registering",
        Version = version,
        StartedAt = command.StartedAt,
        Saga = JsonSerializer.Serialize(
            new
            {
                command.Settings,
                command.Data,
                Folds = command.WalkForward,
                Result = new
                {
                    Winner = new
                    {
                        Trial = command.BestTrial,
                        Epoch = command.BestEpoch,
                        Loss = command.BestValidationLoss,
                        command.Config,
                        command.Checkpoint,
                    },
                },
            },
            JsonSerializerOptions.Web),
    };

    public static TrialRecord Trial(int trial, int version = 0, string executionId = Arn) => new()
    {
        ExecutionId = executionId,
        Trial = trial,
        Version = version,
        Seed = long.MinValue + trial,
        Config = Config,
        Status = TrialStatus.Running,
        Epoch = 10 * version,
        ToEpoch = 10 * (version + 1),
        Attempt = 2,
        IssuedAt = Start.AddTicks(trial + 1),
        Reissues = 3,
        Milestones = [.. Enumerable.Range(1, version).Select(milestone => new RungLoss(10 * milestone, 1.0 / (milestone + 2)))],
        BestEpoch = 7 * version,
        Checkpoint = version == 0 ? null : new($"s3://artifacts/runs/{executionId}/checkpoints/{trial}", new string('a', 64)),
    };

    public static EpochRecord Epoch(int trial, int epoch, string executionId = Arn) => new()
    {
        ExecutionId = executionId,
        Trial = trial,
        Epoch = epoch,
        Metrics = MetricValues.Losses(1.0 / (epoch + 2), 1.1 / (epoch + 2)),
        Seconds = 0.001 * epoch,
        Runner = "runner-ä-1",
        RecordedAt = Start.AddSeconds(epoch),
    };

    public static ModelRecord Model(
        string modelId = "model_" + Arn + "_20260301_123015",
        DateTimeOffset? createdAt = null,
        string executionId = Arn,
        string status = "TRAINED") => new()
        {
            ModelId = modelId,
            CreatedAt = createdAt ?? Start,
            ExecutionId = executionId,
            ModelUri = $"s3://artifacts/models/{executionId}/",
            Metrics = new Dictionary<string, double> { ["validation_loss"] = 0.1 + 0.2, ["tiny"] = 4.9e-30, ["trials"] = 20 },
            Status = status,
            Version = "0.1.0",
            Config = Config,
            WeightsSha256 = new string('b', 64),
        };
}
