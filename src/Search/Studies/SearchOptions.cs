using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;
using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Studies;

/// <summary>What a study searches, how, and for how long.</summary>
public sealed record SearchOptions
{
    /// <summary>The hyperparameters and their values.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>How configurations are proposed.</summary>
    public SamplerKind Sampler { get; init; } = SamplerKind.Tpe;

    /// <summary>Which trials get more epochs.</summary>
    public SchedulerKind Scheduler { get; init; } = SchedulerKind.Asha;

    /// <summary>Most trials, 1 or more.</summary>
    public int Trials { get; init; } = 20;

    /// <summary>Epochs to the first milestone (r), 1 or more.</summary>
    public int GracePeriod { get; init; } = 10;

    /// <summary>Most epochs of one trial (R), 1 or more.</summary>
    public int MaxEpochs { get; init; } = 100;

    /// <summary>Of every so many trials at a milestone one goes on (eta), 2 or more.</summary>
    public int ReductionFactor { get; init; } = 2;

    /// <summary>Most segments that run at once, 1 or more.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Epochs of all trials together, 1 or more; none for no limit. No segment starts once the epochs done and those of running segments reach it, so that it is exceeded by
    /// less than one segment however many run at once.
    /// </summary>
    public long? EpochBudget { get; init; }

    /// <summary>Validation loss at which no further segment starts; none for no such loss.</summary>
    public double? TargetLoss { get; init; }

    internal IScheduler CreateScheduler() => Scheduler switch
    {
        SchedulerKind.Asha => new AshaPromotion(Milestones.Of(GracePeriod, MaxEpochs, ReductionFactor), ReductionFactor),
        SchedulerKind.AshaStopping => new AshaStopping(Milestones.Of(GracePeriod, MaxEpochs, ReductionFactor), ReductionFactor),
        SchedulerKind.None => new NoPruning(MaxEpochs),
        _ => throw new ArgumentException($"There is no scheduler {Scheduler}; use one of {string.Join(", ", Enum.GetNames<SchedulerKind>())}."),
    };

    internal ISampler CreateSampler() => Sampler switch
    {
        SamplerKind.Tpe => new TpeSampler(new TpeOptions()),
        SamplerKind.TpeUnivariate => new TpeSampler(new TpeOptions { Multivariate = false }),
        SamplerKind.Random => new RandomSampler(),
        _ => throw new ArgumentException($"There is no sampler {Sampler}; use one of {string.Join(", ", Enum.GetNames<SamplerKind>())}."),
    };

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Space);
        if (Trials < 1) throw new ArgumentException($"The study has {Trials} trials; it needs 1 or more.");
        if (Parallelism < 1) throw new ArgumentException($"The study runs {Parallelism} segments at once; it needs 1 or more.");
        if (EpochBudget < 1) throw new ArgumentException($"The study has a budget of {EpochBudget} epochs; give 1 or more, or none for no limit.");
        if (TargetLoss is { } loss && !double.IsFinite(loss)) throw new ArgumentException("The target loss is not a finite number; give one, or none.");
    }
}
