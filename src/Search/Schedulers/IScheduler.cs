using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Schedulers;

/// <summary>
/// Decides which trials get more epochs. Its state is a function of what was recorded and applied; the time of a decision leaves no trace.
/// </summary>
public interface IScheduler
{
    /// <summary>Where trials are compared.</summary>
    Milestones Milestones { get; }

    /// <summary>What every rung holds, first milestone first.</summary>
    IReadOnlyList<RungOverview> Rungs { get; }

    /// <summary>
    /// A trial's lowest loss up to a rung's milestone, once for a trial and rung. A loss that is null or not finite ranks last and is never
    /// promoted.
    /// </summary>
    void Record(int trial, int rung, double? loss, RungStatus status);

    /// <summary>What to do next with a trial that waits; null where there is nothing to do. Changes nothing.</summary>
    RungDecision? FindDecision();

    /// <summary>A decision was made durable.</summary>
    void Apply(RungDecision decision);
}

/// <summary>The schedulers that a study can name. A new one is a class and a row here.</summary>
public static class KnownSchedulers
{
    /// <summary>Schedulers by name.</summary>
    public static FactoryTable<IScheduler> Table { get; } = new(
        "scheduler",
        ("asha", "ASHA, promotion type: trials wait at a milestone, the top 1/eta are promoted",
            options => new AshaPromotion(MilestonesOf(options), options.ReductionFactor)),
        ("asha-stopping", "ASHA, stopping type (Ray Tune's): a trial that is worse than the cutoff of a milestone ends there",
            options => new AshaStopping(MilestonesOf(options), options.ReductionFactor)),
        ("none", "no pruning: every trial runs to the maximum number of epochs", options => new NoPruning(options.MaxEpochs)));

    private static Milestones MilestonesOf(SearchOptions options) =>
        Milestones.Of(options.GracePeriod, options.MaxEpochs, options.ReductionFactor);
}

/// <summary>What becomes of a trial that waits at a rung.</summary>
/// <param name="Trial">Its number, from 0.</param>
/// <param name="Rung">Index of the rung, from 0.</param>
/// <param name="IsPromotion">Whether it continues to the next milestone; otherwise it is stopped here.</param>
public readonly record struct RungDecision(int Trial, int Rung, bool IsPromotion);

/// <summary>How a trial stands at a rung where its loss is recorded.</summary>
public enum RungStatus
{
    /// <summary>It waits for a decision.</summary>
    Waiting,

    /// <summary>It continued to the next milestone.</summary>
    Promoted,

    /// <summary>It will not continue: it is complete, ended early, was stopped or failed. It counts in the ranking.</summary>
    Ended,
}

/// <summary>What a rung holds.</summary>
/// <param name="Milestone">Its milestone, in epochs.</param>
/// <param name="Recorded">Trials that have reached it: n.</param>
/// <param name="Promoted">Trials that continued from it.</param>
public sealed record RungOverview(int Milestone, int Recorded, int Promoted);
