using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Model.Export;
using static System.FormattableString;

namespace MacroCausal.Registry;

/// <summary>The numbers by which a registered model is judged; losses are mean squared errors in the target's unit, squared.</summary>
internal static class ModelMetrics
{
    // A reported loss may come from a GPU; anything beyond rounding means that these are not the weights it was reported for.
    private const double LossTolerance = 0.01;

    /// <summary>
    /// The metrics by name, in ordinal order; those that are not finite are left out. What says validation is of the best trial alone; the
    /// corrected figures, <c>ensemble_loss</c> and those of the test rows are of what is delivered; the walk-forward's are of its folds'
    /// models.
    /// </summary>
    /// <exception cref="RegistrationException">The weights do not give the validation loss that was reported for them.</exception>
    public static SortedDictionary<string, double> Of(RegisterModel command, RegistrationInputs inputs, Predictor best, Predictor delivered)
    {
        ThrowIfLossDiffers(command, Loss(best, inputs.Validation, command.Data.TargetScale));
        var (comparison, figures) = (inputs.Comparison, inputs.Comparison.Figures);
        var metrics = new Dictionary<string, double>
        {
            ["validation_loss"] = command.BestValidationLoss,
            ["validation_rmse"] = Math.Sqrt(command.BestValidationLoss),
            ["skill_vs_mean"] = 1 - (command.BestValidationLoss / command.Data.Baselines[Baseline.Mean]),
            ["test_loss"] = inputs.Test is { } test ? Loss(delivered, test, command.Data.TargetScale) : double.NaN,
            ["corrected_loss"] = figures?.Loss ?? double.NaN,
            ["corrected_difference"] = figures?.Difference ?? double.NaN,
            ["ensemble_loss"] = comparison.DeliveredLoss ?? double.NaN,
            ["ensemble_members"] = comparison.Networks?.Trials.Count ?? double.NaN,
            ["network_share"] = comparison.Combination?.NetworkShare ?? double.NaN,
            ["walk_forward_loss"] = inputs.WalkForward.Figures?.Loss ?? double.NaN,
            ["walk_forward_difference"] = inputs.WalkForward.Figures?.Difference ?? double.NaN,
            ["walk_forward_coverage"] = inputs.WalkForward.Figures?.Intervals?.Plain ?? double.NaN,
            ["trials"] = inputs.Trials.Count,
            ["trial_epochs"] = inputs.Epochs.Count,
        };
        foreach (var (name, error) in command.Data.Baselines)
        {
            metrics[Baseline.MetricKey(name)] = error;
        }

        return new(metrics.Where(metric => double.IsFinite(metric.Value)).ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>Mean squared error of a model on the blocks of a split, in the target's unit, squared.</summary>
    public static double Loss(Predictor predictor, IEnumerable<FeatureMatrix> split, double targetScale)
    {
        var squares = split.SelectMany(block => block.SquaredErrors(predictor.Predict(block.Features), 1));
        return squares.Average() * targetScale * targetScale;
    }

    private static void ThrowIfLossDiffers(RegisterModel command, double loss)
    {
        if (!(Math.Abs(loss - command.BestValidationLoss) <= LossTolerance * command.BestValidationLoss))
        {
            throw new RegistrationException(
                Invariant($"The weights in '{command.Checkpoint.Uri}' have a validation loss of {loss}, ")
                + Invariant($"but {command.BestValidationLoss} was reported for trial {command.BestTrial}; ")
                + "train again under another execution id.");
        }
    }
}
