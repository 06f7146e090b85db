using MacroCausal.Data;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Registry.Tests;

/// <summary>
/// A study of three trials as the other services leave it: gold table, splits, checkpoints and records, and the message that asks for its
/// registration.
/// </summary>
internal sealed class FinishedStudy(IObjectStore objects, IStudyStore studies)
{
    public const string ExecutionId = Records.Arn;
    private const int Epochs = 4;

    private static readonly TrialConfig Config =
        new() { LearningRate = 0.01, BatchSize = 32, HiddenLayers = [16, 8], Dropout = 0.1, WeightDecay = 1e-4 };

    public static async Task<RegisterModel> LeaveAsync(
        IObjectStore objects, IStudyStore studies, byte[] gold, double testFraction = 0.1, string temporalFeatures = "none",
        string residualOf = "none")
    {
        var settings = new StudySettings
        {
            ExecutionId = ExecutionId,
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
            CategoryColumns = ["quarter", "half"],
            TrainFraction = 0.7,
            TestFraction = testFraction,
            TemporalFeatures = temporalFeatures,
            ResidualOf = residualOf,
            Seed = 42,
        };
        return await new FinishedStudy(objects, studies).LeaveAsync(settings, gold);
    }

    /// <summary>Adds three trials of other seeds with checkpoints; the message asks for the best of all four.</summary>
    public async Task<RegisterModel> WithMoreTrialsAsync(RegisterModel command)
    {
        await using var gold = await objects.FindAsync(ObjectKeys.Uri("gold", ObjectKeys.GoldTable(ExecutionId)));
        var table = await ParquetTable.ReadAsync(gold!, "gold");
        var prepared = DatasetBuilder.Build(table, Options(command.Settings, table));
        var best = command;
        for (var trial = 3; trial < 6; trial++)
        {
            var trained = Train(prepared, seed: trial);
            var checkpoint = await PutAsync(ObjectKeys.Checkpoint(ExecutionId, trial, Epochs), trained.Write);
            var loss = trained.History.BestLoss * Square((prepared.Residual?.Scale ?? 1) * prepared.Preprocessor.TargetScale);
            await studies.TryAddTrialAsync(Records.Trial(trial) with
            {
                Config = Config,
                Status = TrialStatus.Completed,
                Checkpoint = checkpoint,
                BestEpoch = trained.History.BestEpoch,
                Milestones = [new RungLoss(Epochs, loss)],
            });
            if (loss >= best.BestValidationLoss) continue;
            best = best with
            {
                BestTrial = trial,
                BestEpoch = trained.History.BestEpoch,
                BestValidationLoss = loss,
                Checkpoint = checkpoint,
            };
        }

        return best;
    }

    private async Task<RegisterModel> LeaveAsync(StudySettings settings, byte[] gold)
    {
        await objects.PutAsync(ObjectKeys.Uri("gold", ObjectKeys.GoldTable(ExecutionId)), new MemoryStream(gold));
        var table = await ParquetTable.ReadAsync(new MemoryStream(gold), "gold");
        var prepared = DatasetBuilder.Build(table, Options(settings, table));
        var manifest = await ManifestAsync(prepared);
        var best = Train(prepared);
        var checkpoint = await PutAsync(ObjectKeys.Checkpoint(ExecutionId, 1, Epochs), best.Write);
        await PutAsync(ObjectKeys.Checkpoint(ExecutionId, 0, 2), best.Write);
        await PutAsync(ObjectKeys.Checkpoint(ExecutionId, 1, 2), best.Write);
        await PutAsync(ObjectKeys.PartialCheckpoint(ExecutionId, 0, 4), best.Write);
        await RecordAsync(best, checkpoint, manifest.LearnedScale());
        return new RegisterModel
        {
            ExecutionId = ExecutionId,
            ModelId = $"model_{ExecutionId}_20260301_123015",
            StartedAt = Records.Start,
            BestTrial = 1,
            BestEpoch = best.History.BestEpoch,
            BestValidationLoss = best.History.BestLoss * Square(manifest.LearnedScale()),
            Checkpoint = checkpoint,
            Config = Config,
            Settings = settings,
            Data = manifest,
        };
    }

    private static PrepareOptions Options(StudySettings settings, Table table) => new()
    {
        CategoryColumns = [.. settings.CategoryColumns.Where(column => table.Find(column) is not null)],
        TrainFraction = settings.TrainFraction,
        TestFraction = settings.TestFraction,
        TemporalFeatures = settings.TemporalFeatures,
        ResidualOf = settings.ResidualOf,
    };

    private static Checkpoint Train(Dataset data, long seed = 99)
    {
        TrainingRows Rows(FeatureMatrix split)
        {
            var learned = data.Residual?.Apply(split) ?? split;
            return new(learned.Features, learned.Target!, split.Names.Count);
        }

        var options = new TrainingOptions
        {
            HiddenLayers = Config.HiddenLayers,
            BatchSize = Config.BatchSize,
            LearningRate = Config.LearningRate,
            Dropout = Config.Dropout,
            WeightDecay = Config.WeightDecay,
            Seed = seed,
            Patience = 100,
        };
        using var trial =
            TrainingGroup.Open(Rows(data.Train), Rows(data.Validation), [new TrialStart(options)], TrainingDevice.Cpu, TimeProvider.System);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            trial.RunEpoch();
        }

        return trial.Capture(0);
    }

    private async Task<DataManifest> ManifestAsync(Dataset data) => new()
    {
        Train = await SplitAsync("train.parquet", data.Train),
        Validation = await SplitAsync("validation.parquet", data.Validation),
        Test = data.Test is null ? null : await SplitAsync("test.parquet", data.Test),
        Scaler = await PutAsync(ObjectKeys.Data(ExecutionId) + "scaler.json", stream => stream.Write(data.Preprocessor.ToJson())),
        Profile = await PutAsync(ObjectKeys.Data(ExecutionId) + "profile.json", stream => stream.Write(data.Profile.ToJson())),
        Features = data.Preprocessor.Columns.Count,
        TrainRows = data.Train.Rows,
        ValidationRows = data.Validation.Rows,
        TestRows = data.Test?.Rows ?? 0,
        TargetMean = data.Preprocessor.TargetMean,
        TargetScale = data.Preprocessor.TargetScale,
        Baselines = data.Baselines,
        BaselineForecasts = await ForecastsAsync(data),
        Residual = data.Residual is { } residual
            ? new(
                residual.Baseline.Name, residual.Scale * data.Preprocessor.TargetScale,
                await PutAsync(ObjectKeys.Data(ExecutionId) + "residual.json", stream => stream.Write(residual.ToJson())))
            : null,
        FittedBaselines = await PutAsync(
            ObjectKeys.Data(ExecutionId) + "baselines.json", stream => stream.Write(FittedBaseline.ToJson(data.FittedBaselines))),
        LinearMembers = await PutAsync(
            ObjectKeys.Data(ExecutionId) + "linear.json", stream => stream.Write(LinearMember.ToJson(data.LinearMembers))),
    };

    private async Task RecordAsync(Checkpoint best, ObjectReference checkpoint, double targetScale)
    {
        TrialRecord Trial(int number, TrialStatus status) => Records.Trial(number) with { Config = Config, Status = status };
        await studies.TryAddTrialAsync(Trial(0, TrialStatus.Paused));
        await studies.TryAddTrialAsync(
            Trial(1, TrialStatus.Completed) with { Seed = 99, Checkpoint = checkpoint, BestEpoch = best.History.BestEpoch });
        await studies.TryAddTrialAsync(Trial(2, TrialStatus.Failed) with { Failure = "It would not learn." });
        await studies.TryAddEpochAsync(Records.Epoch(0, 1));
        await studies.TryAddEpochAsync(
            Records.Epoch(0, 2) with { Metrics = Records.Epoch(0, 2).Metrics.With(EpochMetrics.ValidationLoss, null) });
        foreach (var (index, loss) in best.History.Epochs.Index())
        {
            var (train, validation) = (loss.Train * Square(targetScale), loss.Validation * Square(targetScale));
            await studies.TryAddEpochAsync(Records.Epoch(1, index + 1) with { Metrics = MetricValues.Losses(train, validation) });
        }
    }

    private async Task<ObjectReference> SplitAsync(string name, FeatureMatrix split)
    {
        var stream = new MemoryStream();
        await SplitTable.WriteAsync(split, stream);
        return await PutAsync(ObjectKeys.Data(ExecutionId) + name, target => target.Write(stream.ToArray()));
    }

    private async Task<ObjectReference> ForecastsAsync(Dataset data)
    {
        var stream = new MemoryStream();
        await ParquetTable.WriteAsync(BaselineForecasts.ToTable(data.BaselineForecasts, data.TestBaselineForecasts), stream);
        return await PutAsync(ObjectKeys.Data(ExecutionId) + "baselines.parquet", target => target.Write(stream.ToArray()));
    }

    private async Task<ObjectReference> PutAsync(string key, Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        stream.Position = 0;
        return await objects.PutAsync(ObjectKeys.Uri("artifacts", key), stream);
    }

    private static double Square(double value) => value * value;
}
