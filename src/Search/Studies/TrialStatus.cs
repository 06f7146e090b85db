namespace MacroCausal.Search.Studies;

/// <summary>Where a trial stands.</summary>
public enum TrialStatus
{
    /// <summary>A segment of it runs, or waits to run.</summary>
    Running,

    /// <summary>It waits at a milestone.</summary>
    Paused,

    /// <summary>It reached the last epoch, or ended early.</summary>
    Completed,

    /// <summary>The stopping rule ended it at a milestone.</summary>
    Stopped,

    /// <summary>It could not be trained.</summary>
    Failed,
}
