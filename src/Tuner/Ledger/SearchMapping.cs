using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;
using MacroCausal.Search.Spaces;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Tuner.Ledger;

/// <summary>Settings and records in the words of the search.</summary>
public static class SearchMapping
{
    /// <summary>What a study's settings ask of the search.</summary>
    public static SearchOptions Of(StudySettings settings) => new()
    {
        Space = Space(settings.SearchSpace),
        Sampler = settings.Sampler switch { "random" => SamplerKind.Random, "tpe-univariate" => SamplerKind.TpeUnivariate, _ => SamplerKind.Tpe },
        Scheduler = settings.Scheduler switch { "none" => SchedulerKind.None, "asha-stopping" => SchedulerKind.AshaStopping, _ => SchedulerKind.Asha },
        Trials = settings.Trials,
        GracePeriod = settings.GracePeriod,
        MaxEpochs = settings.MaxEpochs,
        ReductionFactor = settings.ReductionFactor,
        Parallelism = settings.Parallelism,
        Seed = settings.Seed,
        EpochBudget = settings.EpochBudget,
        TargetLoss = settings.TargetLoss,
    };

    /// <summary>What the search must know of a trial's record.</summary>
    public static TrialSnapshot Snapshot(Search.Spaces.SearchSpace space, TrialRecord trial) => new()
    {
        Trial = trial.Trial,
        Configuration = TrialConfigMapping.Locate(space, trial.Config),
        Status = trial.Status,
        Epoch = trial.Epoch,
        ToEpoch = trial.ToEpoch,
        Milestones = trial.Milestones,
        BestEpoch = trial.BestEpoch,
    };

    private static Search.Spaces.SearchSpace Space(IReadOnlyDictionary<string, SearchDimension> dimensions) =>
        Search.Spaces.SearchSpace.Create([.. dimensions.Select(pair => Dimension(pair.Key, pair.Value))]);

    private static Dimension Dimension(string name, SearchDimension dimension) => dimension.Type switch
    {
        "choice" => new Categorical(name, dimension.Choices!),
        "integer" => new IntegerRange(name, (long)dimension.Low!.Value, (long)dimension.High!.Value),
        "logUniform" => new LogUniform(name, dimension.Low!.Value, dimension.High!.Value),
        _ => new Uniform(name, dimension.Low!.Value, dimension.High!.Value),
    };
}
