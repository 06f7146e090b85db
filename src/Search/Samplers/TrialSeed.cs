namespace MacroCausal.Search.Samplers;

/// <summary>Seeds of trials.</summary>
public static class TrialSeed
{
    /// <summary>A hash of the study's seed and the trial's number, so that a trial is the same wherever and whenever it runs.</summary>
    public static long Of(long studySeed, int trial) =>
        unchecked((long)RandomStream.Mix(RandomStream.Mix((ulong)studySeed) ^ (ulong)(uint)trial));
}
