namespace MacroCausal.Model.Training;

/// <summary>Losses of one epoch: <see cref="Loss"/> over the rows, of the scaled target; NaN or infinite where training diverged.</summary>
/// <param name="Train">Over the training rows, as they were seen during the epoch.</param>
/// <param name="Validation">Over the validation rows, after the epoch.</param>
public readonly record struct EpochLoss(double Train, double Validation);

/// <summary>The losses of a trial's epochs so far, and what follows from them. Immutable.</summary>
public sealed class TrainingHistory
{
    private readonly EpochLoss[] _epochs;

    /// <summary>A history of epochs 1 to n.</summary>
    public TrainingHistory(IEnumerable<EpochLoss> epochs)
    {
        _epochs = [.. epochs];
        for (var epoch = 1; epoch <= _epochs.Length; epoch++)
        {
            var loss = _epochs[epoch - 1].Validation;
            if (double.IsFinite(loss) && !(loss >= BestLoss))
            {
                (BestEpoch, BestLoss) = (epoch, loss);
            }
        }
    }

    /// <summary>The losses; the first is epoch 1.</summary>
    public IReadOnlyList<EpochLoss> Epochs => _epochs;

    /// <summary>Epoch of the lowest validation loss, the earliest of equals; 0 where none was finite.</summary>
    public int BestEpoch { get; }

    /// <summary>The lowest validation loss; NaN where none was finite.</summary>
    public double BestLoss { get; } = double.NaN;

    /// <summary>Whether the last epoch is the best one so far.</summary>
    public bool IsBest => BestEpoch > 0 && BestEpoch == _epochs.Length;

    /// <summary>
    /// Whether the trial is over: a loss of the last epoch is not finite, or the best epoch lies <paramref name="patience"/> epochs back.
    /// </summary>
    public bool IsOver(int patience) =>
        _epochs.Length > 0 && (
            !double.IsFinite(_epochs[^1].Train) || !double.IsFinite(_epochs[^1].Validation) || _epochs.Length - BestEpoch >= patience);

    /// <summary>What was known after an epoch.</summary>
    public TrainingHistory Until(int epoch) => new(_epochs.Take(epoch));

    /// <summary>This history and one epoch more.</summary>
    public TrainingHistory With(EpochLoss loss) => new([.. _epochs, loss]);
}
