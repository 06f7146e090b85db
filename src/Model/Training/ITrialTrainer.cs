using MacroCausal.Model.Checkpoints;

namespace MacroCausal.Model.Training;

/// <summary>
/// Trains one trial, an epoch a call. 20 epochs are 10 epochs, a checkpoint and 10 epochs more. One thread at a time may use it; each call
/// may come from another one.
/// </summary>
public interface ITrialTrainer : IDisposable
{
    /// <summary>Losses of every epoch of the trial so far.</summary>
    TrainingHistory History { get; }

    /// <summary>Trains and evaluates the next epoch.</summary>
    /// <exception cref="InvalidOperationException">The trial ended early.</exception>
    EpochResult RunEpoch();

    /// <summary>The state of the trial after its last epoch.</summary>
    Checkpoint Capture();
}
