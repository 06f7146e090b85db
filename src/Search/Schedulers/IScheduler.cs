namespace MacroCausal.Search.Schedulers;

/// <summary>
/// Decides which trials get more epochs. State is a function of what was recorded and carried out; the time of a decision leaves no trace.
/// </summary>
public interface IScheduler
{
    /// <summary>Where trials are compared.</summary>
    Milestones Milestones { get; }

    /// <summary>What every rung holds, first milestone first.</summary>
    IReadOnlyList<RungOverview> Rungs { get; }

    /// <summary>A trial's lowest loss up to a rung's milestone, once for a trial and rung. A loss that is null or not finite ranks last and never goes on.</summary>
    void Record(int trial, int rung, double? loss, RungStatus fate);

    /// <summary>What to do next with a trial that waits; null where there is nothing to do. Changes nothing.</summary>
    RungDecision? Judge();

    /// <summary>A verdict was carried out.</summary>
    void Apply(RungDecision verdict);
}
