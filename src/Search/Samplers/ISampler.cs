using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>Proposes the hyperparameters of the next trial.</summary>
public interface ISampler
{
    /// <summary>
    /// A configuration of the history's space: a pure function of the history and the seed, which changes neither. One that a trial has already is drawn again a few times, and
    /// accepted in the end where the space seems exhausted.
    /// </summary>
    Configuration Sample(History history, ulong seed);
}
