namespace MacroCausal.Search.Schedulers;

/// <summary>Which trials get more epochs.</summary>
public enum SchedulerKind
{
    /// <summary>ASHA as published: trials wait at a milestone, the best of them are promoted.</summary>
    Asha,

    /// <summary>What Ray Tune calls ASHA: a trial goes on from a milestone unless it is worse than most that came before.</summary>
    AshaStopping,

    /// <summary>Every trial runs to the last epoch.</summary>
    None,
}
