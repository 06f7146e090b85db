using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Reporting.Features;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Reporting.Tests;

/// <summary>What is stored of a study that nobody trained: trials of a known shape, forecasts of a known quality.</summary>
internal static class SimulatedStudy
{
    public const string Id = "simulated";
    public const int ValidationRows = 120;
    private static readonly int[] Milestones = [5, 10, 20];
    private static readonly DateTimeOffset First = new(2010, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A study that ended with a model. <paramref name="odd"/> is put wherever a text can come from outside.</summary>
    public static StudyFacts Completed(int trials = 40, string? odd = null)
    {
        var records = Enumerable.Range(0, trials).Select(number => Trial(number, odd)).ToList();
        var epochs = records.Where(trial => trial.Status != TrialStatus.Failed).SelectMany(EpochsOf).ToList();
        var best = epochs.MinBy(epoch => epoch.Metrics.ValidationLoss)!;
        return new StudyFacts
        {
            Request = Request(odd),
            Model = Model(best, records, odd),
            Profile = Profile(odd),
            Forecasts = ForecastsOf(),
            WalkForward = Blocks(),
            Effects = Effects(odd),
            Trials = records,
            Epochs = epochs,
        };
    }

    public static ReportRequest Request(string? odd) => new()
    {
        Settings = new StudySettings
        {
            ExecutionId = odd ?? Id,
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
            Target = odd ?? "target",
            MaxEpochs = 20,
            GracePeriod = 5,
            Seed = 42,
            DataSource = odd,
        },
        StartedAt = Records.Start,
        Data = new DataManifest
        {
            Train = new("s3://artifacts/train", new string('a', 64)),
            Validation = new("s3://artifacts/validation", new string('b', 64)),
            Scaler = new("s3://artifacts/scaler.json", new string('c', 64)),
            Profile = new("s3://artifacts/profile.json", new string('d', 64)),
            Features = 3,
            TrainRows = 480,
            ValidationRows = ValidationRows,
            TestRows = 0,
            TargetMean = 0,
            TargetScale = 1,
            Baselines = new Dictionary<string, double> { ["mean"] = 1.9, ["ar"] = 1.2, ["ridge"] = 1.5 },
        },
    };

    private static TrialRecord Trial(int number, string? odd)
    {
        double Draw(int what) => SeededRandom.Of(11, number, what);
        var config = new TrialConfig
        {
            LearningRate = Math.Pow(10, -4 + (2 * Draw(0))),
            BatchSize = 32 << (int)(3 * Draw(1)),
            HiddenLayers = Draw(2) < 0.5 ? [64, 32] : [128, 64],
            Dropout = 0.1 + (0.2 * Draw(3)),
            WeightDecay = Math.Pow(10, -5 + (2 * Draw(4))),
        };
        var fails = number % 13 == 12;
        var last = fails ? 0 : Milestones[number % 4 == 0 ? 2 : number % 2];
        return Records.Trial(number, executionId: odd ?? Id) with
        {
            Config = config,
            Status = fails ? TrialStatus.Failed : last == 20 ? TrialStatus.Completed : TrialStatus.Paused,
            Epoch = last,
            ToEpoch = fails ? 5 : last,
            Milestones = [.. Milestones.Where(epoch => epoch <= last).Select(epoch => new RungLoss(epoch, LossOf(config, epoch)))],
            BestEpoch = last,
            Failure = fails ? odd ?? $"The runner r{number % 2} ran out of memory." : null,
        };
    }

    private static IEnumerable<EpochRecord> EpochsOf(TrialRecord trial) => Enumerable.Range(1, trial.Epoch).Select(epoch => new EpochRecord
    {
        ExecutionId = trial.ExecutionId,
        Trial = trial.Trial,
        Epoch = epoch,
        Metrics = MetricValues.Losses(0.9 * LossOf(trial.Config, epoch), LossOf(trial.Config, epoch)),
        Seconds = 0.25,
        Runner = "runner",
        RecordedAt = Records.Start.AddSeconds((3 * trial.Trial) + epoch),
    });

    // The learning rate matters most, the dropout a little, the others not at all.
    private static double LossOf(TrialConfig config, int epoch) =>
        1 + Math.Pow(Math.Log10(config.LearningRate) + 3, 2) + config.Dropout + (2.0 / epoch);

    private static Forecasts ForecastsOf()
    {
        double[] Noise(double scale, int kind) =>
            [.. Enumerable.Range(0, ValidationRows).Select(row => scale * SeededRandom.Normal(7, kind, 0, row))];
        var target = Enumerable.Range(0, ValidationRows).Select(row => Math.Sin(row / 6.0)).ToArray();
        double[] Plus(double[] noise) => [.. target.Zip(noise, (value, error) => value + error)];
        return new Forecasts
        {
            Dates = [.. Enumerable.Range(0, ValidationRows).Select(row => First.AddMonths(row))],
            Target = target,
            Lines = new Dictionary<string, double[]>
            {
                ["model"] = Plus(Noise(0.4, 1)),
                ["mean"] = new double[ValidationRows],
                ["ar"] = Plus(Noise(0.7, 2)),
                ["ridge"] = Plus(Noise(0.9, 3)),
            },
        };
    }

    private static StoredModel Model(EpochRecord best, List<TrialRecord> trials, string? odd) => new()
    {
        ModelId = odd ?? "model_simulated_20260301_123015",
        BestTrial = best.Trial,
        BestEpoch = best.Epoch,
        Config = trials[best.Trial].Config,
        Verdict = new Verdict
        {
            Word = "not shown",
            Sentence = "not shown to be better than an autoregression" + odd,
            BestBaseline = "ar",
            BaselineLoss = 1.2,
            Loss = best.Metrics.ValidationLoss!.Value,
            Rows = ValidationRows,
            Looks = 600,
            CorrectedLoss = best.Metrics.ValidationLoss * 1.1,
            CorrectedInterval = new(0.9, 1.6),
            Difference = -0.05,
            DifferenceInterval = new(-0.3, 0.2),
        },
        Ensemble = new()
        {
            Delivered = true,
            Members = [new(0, 3), new(4, 1)],
            Loss = 1.1,
            MemberLoss = 1.4,
            Spread = 0.3,
            CorrectedLoss = 1.2,
            BestTrialCorrectedLoss = 1.3,
        },
        Combination = new()
        {
            NetworkShare = 0.7,
            Baselines = [new("ar", 0.3, 1.4)],
            Loss = 1.05,
            CorrectedLoss = 1.15,
            NetworksCorrectedLoss = 1.2,
        },
        Seeds = new(42, 99),
        Versions = new Dictionary<string, string> { ["macroCausal"] = "0.1.0" },
        Inputs = new Dictionary<string, ObjectReference?> { ["gold"] = new("s3://gold/" + odd, new string('e', 64)), ["test"] = null },
        Artifacts = new Dictionary<string, string> { ["model.onnx"] = new('f', 64) },
    };

    // Four blocks that the validation rows are cut into.
    private static WalkForwardBlock[] Blocks()
    {
        const int Rows = ValidationRows / 4;
        var forecasts = ForecastsOf();
        double[] Noise(int kind, int fold) =>
            [.. Enumerable.Range(0, Rows).Select(row => 0.5 * SeededRandom.Normal(7, kind, fold, row))];
        return [.. Enumerable.Range(0, 4).Select(fold =>
        {
            var target = forecasts.Target[(fold * Rows)..((fold + 1) * Rows)];
            double[] model = [.. target.Zip(Noise(4, fold), (value, error) => value + error)];
            return new WalkForwardBlock
            {
                Fold = fold + 1,
                Calibration = Noise(5, fold),
                Model = model,
                BestTrial = model,
                Baselines = new BaselineForecasts
                {
                    Target = target,
                    Forecasts = new Dictionary<string, double[]> { ["mean"] = new double[Rows] },
                },
                Dates = [.. forecasts.Dates!.Skip(fold * Rows).Take(Rows)],
            };
        })];
    }

    private static FeatureEffects Effects(string? odd) => new()
    {
        Seed = 42,
        Rows = ValidationRows,
        AllRows = ValidationRows,
        BlockRows = 5,
        Repeats = 20,
        LeftOut = 0,
        Loss = 0.16,
        Columns =
        [
            new(odd ?? "rate", 3, 0.12, 0.06, 0.2), new("regime", 3, 0.01, -0.01, 0.03),
            .. Enumerable.Range(0, 40).Select(column => new ColumnImportance($"other {column}", 1, 0, -0.01, 0.01)),
        ],
        Dependence =
        [
            new(odd ?? "rate", [.. Enumerable.Range(0, 21).Select(point => new PartialPoint
            {
                Value = point / 4.0,
                Mean = Math.Tanh((point - 10) / 5.0),
                Low = Math.Tanh((point - 10) / 5.0) - 0.4,
                High = Math.Tanh((point - 10) / 5.0) + 0.5,
            })]),
            new("regime", [.. new[] { "calm", odd ?? "storm", "other" }.Select((category, place) => new PartialPoint
            {
                Category = category,
                Mean = 0.1 * place,
                Low = (0.1 * place) - 0.3,
                High = (0.1 * place) + 0.4,
            })]),
        ],
    };

    private static StoredProfile Profile(string? odd) => new()
    {
        Rows = 605,
        RowsWithoutTarget = 5,
        Time = "Dates from 'date': monthly.",
        Warnings = [odd ?? "The target jumps in 2008."],
        Columns =
        [
            new() { Name = "date", Type = "date", Reason = "dates the rows" },
            new() { Name = odd ?? "rate", Type = "number", Kept = true, MissingShare = 0.125 },
            new() { Name = "regime", Type = "text", Kept = true, Categories = 3 },
            new() { Name = "empty", Type = "number", Reason = odd ?? "has no value in any training row", MissingShare = 1 },
        ],
    };
}
