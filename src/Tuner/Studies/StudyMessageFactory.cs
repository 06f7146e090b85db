using MacroCausal.Storage;

namespace MacroCausal.Tuner.Studies;

/// <summary>The messages that a study's state calls for; pure functions of the instance and its records.</summary>
internal static class StudyMessageFactory
{
    public static PrepareData PrepareData(StudyInstance study) => new()
    {
        ExecutionId = study.Settings.ExecutionId,
        GoldUri = study.Settings.GoldUri(),
        ArtifactsBucket = study.Settings.ArtifactsBucket,
        Target = study.Settings.Target,
        DateColumn = study.Settings.DateColumn,
        DateFormat = study.Settings.DateFormat,
        NoDate = study.Settings.NoDate,
        IgnoredColumns = study.Settings.IgnoredColumns,
        CategoryColumns = study.Settings.CategoryColumns,
        GroupColumns = study.Settings.GroupColumns,
        Horizon = study.Settings.Horizon,
        Ahead = study.Settings.Ahead,
        TemporalFeatures = study.Settings.TemporalFeatures,
        Clip = study.Settings.Clip,
        ResidualOf = study.Settings.ResidualOf,
        TrainFraction = study.Settings.TrainFraction,
        TestFraction = study.Settings.TestFraction,
        EmbargoRows = study.Settings.EmbargoRows,
        MinimumTrainRows = SmallestBatch(study.Settings.SearchSpace[Hyperparameters.BatchSize.Name]),
        Fold = study.Settings.Fold,
    };

    public static RunTrial RunTrial(StudyInstance study, TrialRecord trial) => new()
    {
        ExecutionId = trial.ExecutionId,
        Trial = trial.Trial,
        Seed = trial.Seed,
        Config = trial.Config,
        FromEpoch = trial.Epoch,
        ToEpoch = trial.ToEpoch,
        MaxEpochs = study.Settings.MaxEpochs,
        Patience = study.Settings.Patience,
        Checkpoint = trial.Checkpoint,
        ArtifactsBucket = study.Settings.ArtifactsBucket,
        Data = study.Data!,
        Attempt = trial.Attempt,
    };

    public static RegisterModel RegisterModel(StudyInstance study, BestCheckpoint best) => new()
    {
        ExecutionId = study.Settings.ExecutionId,
        ModelId = ObjectKeys.ModelId(study.Settings.ExecutionId, study.StartedAt),
        StartedAt = study.StartedAt,
        BestTrial = best.Trial,
        BestEpoch = best.Epoch,
        BestValidationLoss = best.Loss,
        Checkpoint = best.Checkpoint,
        Config = best.Config,
        Settings = study.Settings,
        Data = study.Data!,
        WalkForward = [.. study.Folds.OrderBy(fold => fold.Number)],
    };

    public static TrainingCompleted Completed(StudyInstance study, ModelRegistered registered, DateTimeOffset now) => new()
    {
        ExecutionId = study.Settings.ExecutionId,
        ModelId = registered.ModelId,
        ModelUri = registered.ModelUri,
        BestTrial = study.Result!.Best!.Trial,
        BestEpoch = study.Result.Best.Epoch,
        BestConfig = study.Result.Best.Config,
        BestValidationLoss = study.Result.Best.Loss,
        Baselines = study.Data!.Baselines,
        Verdict = registered.Verdict,
        Trials = study.Result.Trials,
        FailedTrials = study.Result.FailedTrials,
        TrialEpochs = study.Result.TrialEpochs,
        Seconds = (now - study.StartedAt).TotalSeconds,
    };

    /// <summary>What a study that is a fold says instead of TrainingCompleted and TrainingFailed.</summary>
    public static FoldEnded FoldEnded(StudyInstance study, WalkForwardFold fold) => new()
    {
        ExecutionId = fold.Study,
        Fold = new FoldResult
        {
            Number = fold.Number,
            Forecasts = study.Forecasts,
            Reasons = study.Forecasts is null ? study.Failed?.Reasons ?? [] : [],
        },
    };

    public static TrainingFailed Failed(StudyInstance study, IReadOnlyList<string> reasons, bool invalidInput = false) => new()
    {
        ExecutionId = study.Settings.ExecutionId,
        Reasons = reasons,
        InvalidInput = invalidInput,
    };

    public static TrainingFailed Cancelled(StudyInstance study)
    {
        var cancelled = study.Cancelled!;
        var model = cancelled.RegisterBest ? ", before there was a model to register" : "";
        return Failed(study, [
            $"cancelled while {cancelled.During.ToLowerInvariant()}{model}; "
                + $"'macrocausal resume --execution-id {study.Settings.ExecutionId}' takes the study up where it stopped."]);
    }

    private static int SmallestBatch(SearchDimension batchSize) =>
        (int)(batchSize.Low ?? batchSize.Choices!.Min(choice => choice.GetDouble()));
}
