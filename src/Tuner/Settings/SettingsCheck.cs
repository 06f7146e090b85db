using MacroCausal.Hosting;
using static System.FormattableString;

namespace MacroCausal.Tuner.Settings;

/// <summary>Turns a StartTraining message into complete settings, or into every reason why it is refused.</summary>
public static class SettingsCheck
{
    /// <summary>
    /// Fills in the environment's values and the defaults, and checks the result. The settings are usable only where there are no reasons.
    /// </summary>
    public static (StudySettings Settings, IReadOnlyList<string> Reasons) Check(StartTraining message, PipelineOptions environment)
    {
        var settings = Complete(message, environment);
        var reasons = new Reasons();
        reasons.Add(ExecutionIds.Refusal(settings.ExecutionId));
        reasons.Present("goldBucket", settings.GoldBucket, "GOLD_BUCKET");
        reasons.Present("artifactsBucket", settings.ArtifactsBucket, "ARTIFACTS_BUCKET");
        reasons.Present("modelRegistryTable", settings.ModelRegistryTable, "MODEL_REGISTRY_TABLE");
        reasons.Present("target", settings.Target, null);
        if (settings.DateColumn is { } dateColumn) reasons.Present("dateColumn", dateColumn, null);
        if (settings.DateFormat is { } dateFormat) reasons.Present("dateFormat", dateFormat, null);
        reasons.AddRange(TrainingSettings.All.Select(setting => setting.Refusal(setting.ValueOf(settings))).OfType<string>());
        CheckTogether(settings, reasons);
        reasons.AddRange(SearchSpaceCheck.Reasons(message.SearchSpace));
        return (settings, reasons.All);
    }

    private static void CheckTogether(StudySettings settings, Reasons reasons)
    {
        reasons.Require(!settings.NoDate || settings.DateColumn is null, "noDate", "true", "left out where dateColumn is given");
        reasons.Require(settings.Ahead < 1 || settings.Horizon == settings.Ahead, "horizon", settings.Horizon,
            Invariant($"{settings.Ahead}, as ahead is, or left out"));
        reasons.Require(!(settings.TrainFraction + settings.TestFraction >= 1), "trainFraction + testFraction",
            settings.TrainFraction + settings.TestFraction, "below 1, so that rows are left to validate on");
        reasons.Require(settings.GracePeriod <= settings.MaxEpochs || settings.MaxEpochs < 1,
            "gracePeriod", settings.GracePeriod, "from 1 to maxEpochs");
    }

    private static StudySettings Complete(StartTraining message, PipelineOptions environment)
    {
        var settings = new StudySettings
        {
            ExecutionId = message.ExecutionId ?? environment.ExecutionId ?? "",
            GoldBucket = message.GoldBucket ?? environment.GoldBucket ?? "",
            ArtifactsBucket = message.ArtifactsBucket ?? environment.ArtifactsBucket ?? "",
            ModelRegistryTable = message.ModelRegistryTable ?? environment.ModelRegistryTable ?? "",
        };
        return settings with
        {
            Target = message.Target ?? settings.Target,
            DateColumn = message.DateColumn,
            DateFormat = message.DateFormat,
            NoDate = message.NoDate ?? settings.NoDate,
            IgnoredColumns = message.IgnoredColumns ?? settings.IgnoredColumns,
            CategoryColumns = message.CategoryColumns ?? settings.CategoryColumns,
            GroupColumns = message.GroupColumns ?? settings.GroupColumns,
            Horizon = message.Horizon ?? (message.Ahead is { } ahead and > 0 ? ahead : settings.Horizon),
            Ahead = message.Ahead ?? settings.Ahead,
            TemporalFeatures = message.TemporalFeatures ?? settings.TemporalFeatures,
            Clip = message.Clip ?? settings.Clip,
            ResidualOf = message.ResidualOf ?? settings.ResidualOf,
            TrainFraction = message.TrainFraction ?? settings.TrainFraction,
            TestFraction = message.TestFraction ?? settings.TestFraction,
            EmbargoRows = message.EmbargoRows ?? settings.EmbargoRows,
            Trials = message.Trials ?? settings.Trials,
            MaxEpochs = message.MaxEpochs ?? settings.MaxEpochs,
            GracePeriod = message.GracePeriod ?? Math.Min(settings.GracePeriod, Math.Max(1, message.MaxEpochs ?? settings.MaxEpochs)),
            ReductionFactor = message.ReductionFactor ?? settings.ReductionFactor,
            Patience = message.Patience ?? settings.Patience,
            Scheduler = message.Scheduler ?? settings.Scheduler,
            Sampler = message.Sampler ?? settings.Sampler,
            Parallelism = message.Parallelism ?? settings.Parallelism,
            Priority = message.Priority ?? settings.Priority,
            EnsembleSize = message.EnsembleSize ?? settings.EnsembleSize,
            WalkForward = message.WalkForward ?? settings.WalkForward,
            Seed = message.Seed ?? settings.Seed,
            EpochBudget = message.EpochBudget,
            SecondsBudget = message.SecondsBudget,
            TargetLoss = message.TargetLoss,
            SearchSpace = SearchSpaceCheck.Complete(message.SearchSpace),
            DataSource = message.DataSource,
        };
    }
}

/// <summary>Collects why settings are refused, one sentence each.</summary>
internal sealed class Reasons
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public void Add(string? reason)
    {
        if (reason is not null)
        {
            _all.Add(reason);
        }
    }

    public void AddRange(IEnumerable<string> reasons) => _all.AddRange(reasons);

    public void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            _all.Add(Invariant($"{name} is {value}; it must be {allowed}."));
        }
    }

    public void Present(string name, string value, string? variable)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            _all.Add(variable is null
                ? $"{name} is empty; give it a name."
                : $"{name} is not given; name it in StartTraining or in the environment's {variable}.");
        }
    }
}
