using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Preparation;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>
/// Compares the trials with each other and with the best baseline on the validation rows: every trial's network of its best epoch, read
/// from its checkpoint, forecasts them once more. Where that is not possible there are no corrected figures, and a reason why.
/// </summary>
internal sealed record TrialComparison(CorrectedFigures? Figures, string Reason)
{
    // Each is an object to read. The worst of more trials than these have little chance to be the best of a resample.
    private const int MaxTrials = 500;
    private const int MaxConcurrentReads = 8;

    /// <summary>Compares the trials of a study.</summary>
    /// <param name="trials">Every trial, by number.</param>
    /// <param name="validation">The rows that selected the best one, scaled.</param>
    /// <param name="baselines">What the baselines forecast for them; null from a DataPrep of an older version.</param>
    /// <param name="manifest">What unscales the target.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="read">Reads an object and checks its hash.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    public static async Task<TrialComparison> OfAsync(
        IReadOnlyList<TrialRecord> trials, FeatureMatrix validation, BaselineForecasts? baselines, DataManifest manifest, long seed,
        Func<ObjectReference, CancellationToken, Task<byte[]>> read, CancellationToken cancellationToken)
    {
        if (baselines is null) return None("the baselines' forecasts were not kept; prepare the data with this version");
        if (validation.Rows < SelectionCorrection.MinRows)
        {
            return None($"{SelectionCorrection.MinRows} validation rows are needed for it and there are {validation.Rows}");
        }

        var candidates = trials.Where(trial => trial is { Checkpoint: not null, BestEpoch: > 0 })
            .OrderBy(BestLoss).Take(MaxTrials).ToList();
        var losses = new double[candidates.Count][];
        try
        {
            await Parallel.ForAsync(
                0, candidates.Count,
                new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentReads, CancellationToken = cancellationToken },
                async (index, token) =>
                {
                    var checkpoint = Checkpoint.Read(new MemoryStream(await read(candidates[index].Checkpoint!, token)));
                    losses[index] = SquaredErrors(TrainedModel.BestOf(checkpoint), validation, manifest.TargetScale);
                });
        }
        catch (Exception exception) when (exception is RegistrationException or ModelFileException or ArgumentException)
        {
            return None("a trial's checkpoint cannot be used: " + exception.Message.TrimEnd('.'));
        }

        if (candidates.Count == 0) return None("no trial has a checkpoint on record");
        var best = Baseline.BestOf(manifest.Baselines).Key;
        return baselines.Forecasts.ContainsKey(best)
            ? new TrialComparison(SelectionCorrection.Of(losses, baselines.SquaredErrors(best), SeedOf(seed)), "")
            : None($"the forecasts of the baseline '{best}' were not kept");
    }

    /// <summary>No corrected figures, and why.</summary>
    public static TrialComparison None(string reason) => new(null, reason);

    private static double BestLoss(TrialRecord trial) =>
        trial.Milestones.Select(milestone => milestone.Loss ?? double.PositiveInfinity).DefaultIfEmpty(double.PositiveInfinity).Min();

    private static double[] SquaredErrors(TrainedModel model, FeatureMatrix rows, double targetScale)
    {
        using var predictor = new Predictor(model);
        return [.. rows.SquaredErrors(predictor.Predict(rows.Features), targetScale)];
    }

    private static int SeedOf(long seed) => unchecked((int)(seed ^ (seed >> 32)));
}
