namespace MacroCausal.Search.Schedulers;

/// <summary>What becomes of a trial that waits at a rung.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Rung">Index of the rung.</param>
/// <param name="Continues">Whether it goes on to the next milestone; otherwise it ends here.</param>
public readonly record struct RungDecision(int Trial, int Rung, bool Continues);

/// <summary>How a trial stands at a rung where its loss is recorded.</summary>
public enum RungStatus
{
    /// <summary>It waits for a verdict.</summary>
    Waits,

    /// <summary>It went on to the next milestone.</summary>
    Continued,

    /// <summary>It will not go on: it is complete, ended early, was stopped or failed. It counts in the ranking.</summary>
    Ended,
}

/// <summary>What a rung holds.</summary>
/// <param name="Milestone">Its milestone, in epochs.</param>
/// <param name="Recorded">Trials that have reached it: n.</param>
/// <param name="Promoted">Trials that went on from it.</param>
public sealed record RungOverview(int Milestone, int Recorded, int Promoted);
