using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Studies;

/// <summary>
/// What to do next in a study. Valid while the study has not changed; <see cref="Study.Apply"/> records that it was done.
/// </summary>
public abstract record Decision
{
    private protected Decision()
    {
    }
}

/// <summary>Start a new trial.</summary>
/// <param name="Trial">Its number, from 0.</param>
/// <param name="Seed">Its seed, a hash of the study's seed and the number.</param>
/// <param name="Configuration">Its hyperparameters.</param>
/// <param name="ToEpoch">The milestone at which its first segment ends.</param>
public sealed record StartTrial(int Trial, long Seed, Configuration Configuration, int ToEpoch) : Decision;

/// <summary>Continue a trial that waits at a milestone: a promotion.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="FromEpoch">The milestone that it waits at.</param>
/// <param name="ToEpoch">The milestone at which the segment ends.</param>
public sealed record ContinueTrial(int Trial, int FromEpoch, int ToEpoch) : Decision;

/// <summary>End a trial at the milestone that it has reached.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Epoch">The milestone.</param>
public sealed record StopTrial(int Trial, int Epoch) : Decision;

/// <summary>Nothing to do before a running segment is reported.</summary>
public sealed record Wait : Decision;

/// <summary>Nothing runs and nothing can start.</summary>
public sealed record Finish : Decision;
