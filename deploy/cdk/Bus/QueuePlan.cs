namespace MacroCausal.Cdk.Bus;

/// <summary>A queue that a service receives from.</summary>
/// <param name="Name">Its name; those of its error and skipped queue follow from it.</param>
/// <param name="Patience">How long its oldest message may wait before somebody should look.</param>
/// <param name="Topics">The topics that deliver into it.</param>
internal sealed record QueuePlan(string Name, TimeSpan Patience, IReadOnlyList<string> Topics)
{
    /// <summary>Where messages go whose consumer failed for good, or that ended their consumer's process too often.</summary>
    public string Error => Name + "_error";

    /// <summary>Where messages go that no consumer of the queue knows.</summary>
    public string Skipped => Name + "_skipped";
}
