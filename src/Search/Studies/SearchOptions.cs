using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;
using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Studies;

/// <summary>What a study searches, how, and for how long.</summary>
public sealed record SearchOptions
{
    /// <summary>The hyperparameters and their values.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>How configurations are proposed: a name of <see cref="KnownSamplers.Table"/>. Default <c>tpe</c>.</summary>
    public string Sampler { get; init; } = "tpe";

    /// <summary>Which trials get more epochs: a name of <see cref="KnownSchedulers.Table"/>. Default <c>asha</c>.</summary>
    public string Scheduler { get; init; } = "asha";

    /// <summary>Maximum number of trials, 1 or more. Default 20.</summary>
    public int Trials { get; init; } = 20;

    /// <summary>Epochs to the first milestone (r), 1 or more. Default 10.</summary>
    public int GracePeriod { get; init; } = 10;

    /// <summary>Maximum number of epochs of one trial (R), 1 or more. Default 100.</summary>
    public int MaxEpochs { get; init; } = 100;

    /// <summary>The top 1/eta of the trials at each rung are promoted; eta, 2 or more. Default 2.</summary>
    public int ReductionFactor { get; init; } = 2;

    /// <summary>Maximum number of concurrent segments, 1 or more. Default 4.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>Seed of everything random. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Maximum number of epochs of all trials together, 1 or more; none for no limit. No segment starts once the epochs done and those of
    /// running segments reach it, so it is exceeded by less than one segment, whatever the concurrency.
    /// </summary>
    public long? EpochBudget { get; init; }

    /// <summary>Validation loss at which no further segment starts; none for no such loss.</summary>
    public double? TargetLoss { get; init; }

    internal ISampler CreateSampler() => KnownSamplers.Table.Create(Sampler, this);

    internal IScheduler CreateScheduler() => KnownSchedulers.Table.Create(Scheduler, this);

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Space);
        if (Trials < 1) throw new ArgumentException($"The study has {Trials} trials; it needs 1 or more.");
        if (Parallelism < 1) throw new ArgumentException($"The study has {Parallelism} concurrent segments; it needs 1 or more.");
        if (EpochBudget < 1)
        {
            throw new ArgumentException($"The study has a budget of {EpochBudget} epochs; give 1 or more, or none for no limit.");
        }

        if (TargetLoss is { } loss && !double.IsFinite(loss))
        {
            throw new ArgumentException("The target loss is not a finite number; give one, or none.");
        }
    }
}
