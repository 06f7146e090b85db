namespace MacroCausal.Tuner.Ledger;

/// <summary>A segment that nothing was heard of for too long.</summary>
/// <param name="Trial">Its trial.</param>
/// <param name="CountsAsAttempt">Whether it has been silent so often that the segment itself may be at fault.</param>
public readonly record struct SilentSegment(int Trial, bool CountsAsAttempt);
