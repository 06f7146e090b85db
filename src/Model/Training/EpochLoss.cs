namespace MacroCausal.Model.Training;

/// <summary>Losses of one epoch: mean squared errors over the rows, of the scaled target; NaN or infinite where training diverged.</summary>
/// <param name="Train">Over the training rows, as they were seen during the epoch.</param>
/// <param name="Validation">Over the validation rows, after the epoch.</param>
public readonly record struct EpochLoss(double Train, double Validation);
