using MacroCausal.Model.Checkpoints;

namespace MacroCausal.Model.Training;

/// <summary>What moves the numbers of a group's trials; trials are counted from 0 in the order in which they were given. One thread at a time.</summary>
internal interface IGroupTrainer : IDisposable
{
    /// <summary>Trains and judges an epoch of some of the trials.</summary>
    /// <param name="trials">Trials and the number of the epoch that is next for each.</param>
    /// <returns>Their losses, in the same order.</returns>
    EpochLoss[] RunEpoch(IReadOnlyList<(int Trial, int Epoch)> trials);

    /// <summary>Remembers a trial's weights as its best.</summary>
    void KeepBest(int trial);

    /// <summary>A trial's numbers, in the order of its network's layout.</summary>
    TrialState Capture(int trial);

    /// <summary>Gives up what a trial takes; it is not named again.</summary>
    void Leave(int trial);
}
