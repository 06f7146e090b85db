using MacroCausal.Search.Spaces;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using Point = MacroCausal.Search.Spaces.Configuration;
using Space = MacroCausal.Search.Spaces.SearchSpace;

namespace MacroCausal.Tuner.Studies;

/// <summary>Settings, records and hyperparameters in the types of the search, and back.</summary>
public static class SearchMapping
{
    /// <summary>The options of the search that a study's settings ask for.</summary>
    public static SearchOptions Of(StudySettings settings) => new()
    {
        Space = Space.Create(settings.SearchSpace.Select(pair => DimensionOf(pair.Key, pair.Value))),
        Sampler = settings.Sampler,
        Scheduler = settings.Scheduler,
        Trials = settings.Trials,
        GracePeriod = settings.GracePeriod,
        MaxEpochs = settings.MaxEpochs,
        ReductionFactor = settings.ReductionFactor,
        Parallelism = settings.Parallelism,
        Seed = settings.Seed,
        EpochBudget = settings.EpochBudget,
        TargetLoss = settings.TargetLoss,
    };

    /// <summary>A trial's record as the search folds it.</summary>
    public static TrialSnapshot Snapshot(Space space, TrialRecord trial) => new()
    {
        Trial = trial.Trial,
        Configuration = space.Locate(Hyperparameters.ToValues(trial.Config)),
        Status = trial.Status,
        Epoch = trial.Epoch,
        ToEpoch = trial.ToEpoch,
        Milestones = trial.Milestones,
        BestEpoch = trial.BestEpoch,
    };

    /// <summary>The hyperparameters at a point of the space.</summary>
    public static TrialConfig ConfigOf(Point point) => Hyperparameters.ToConfig(point.ToValues());

    private static Dimension DimensionOf(string name, SearchDimension dimension) => dimension.Type switch
    {
        "choice" => new Categorical(name, dimension.Choices!),
        "integer" => new IntegerRange(name, (long)dimension.Low!.Value, (long)dimension.High!.Value),
        "logUniform" => new LogUniform(name, dimension.Low!.Value, dimension.High!.Value),
        _ => new Uniform(name, dimension.Low!.Value, dimension.High!.Value),
    };
}
