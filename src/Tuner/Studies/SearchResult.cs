namespace MacroCausal.Tuner.Studies;

/// <summary>What a search came to.</summary>
public sealed record SearchResult
{
    /// <summary>The trial that won, and its state; none where no trial has a finite loss.</summary>
    public Winner? Winner { get; init; }

    /// <summary>Trials that were started.</summary>
    public required int Trials { get; init; }

    /// <summary>Trials that failed.</summary>
    public required int FailedTrials { get; init; }

    /// <summary>Epochs of all trials together.</summary>
    public required long TrialEpochs { get; init; }
}

/// <summary>The best trial of a study.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Epoch">The epoch whose weights are the model.</param>
/// <param name="Loss">Its validation loss, in the target's unit, squared.</param>
/// <param name="Config">Its hyperparameters.</param>
/// <param name="Checkpoint">The checkpoint that holds those weights.</param>
public sealed record Winner(int Trial, int Epoch, double Loss, TrialConfig Config, ObjectReference Checkpoint);
