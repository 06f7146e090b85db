using MacroCausal.Model.Checkpoints;

namespace MacroCausal.Model.Training;

/// <summary>A trial that is about to be trained: how, and from where.</summary>
/// <param name="Options">How to train.</param>
/// <param name="From">The checkpoint to go on from; none for a new trial.</param>
public sealed record TrialStart(TrainingOptions Options, Checkpoint? From = null);
