using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>
/// Epochs whose report never came, as the checkpoint of their trial remembers them: their losses, no time, and no runner but "checkpoint".
/// </summary>
internal static class RememberedEpochs
{
    /// <summary>The records with those epochs; what no checkpoint remembers stays missing.</summary>
    /// <param name="found">What is on record.</param>
    /// <param name="scale">The unit of what the trials learned, in the target's.</param>
    /// <param name="objects">Where the checkpoints are.</param>
    /// <param name="now">When they are taken from there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<TrialsOnRecord> AddAsync(
        TrialsOnRecord found, double scale, IObjectStore objects, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = found.Epochs.Select(epoch => (epoch.Trial, epoch.Epoch)).ToHashSet();
        var remembered = new List<EpochRecord>();
        foreach (var trial in found.Trials)
        {
            var missing = Enumerable.Range(1, trial.Epoch).Where(epoch => !known.Contains((trial.Trial, epoch))).ToList();
            if (missing.Count == 0 || await HistoryAsync(trial, objects, cancellationToken) is not { } history) continue;
            remembered.AddRange(missing.Where(epoch => epoch <= history.Epochs.Count)
                .Select(epoch => Record(trial, epoch, history.Epochs[epoch - 1], scale, now)));
        }

        return found with { Epochs = [.. found.Epochs.Concat(remembered).OrderBy(epoch => epoch.Trial).ThenBy(epoch => epoch.Epoch)] };
    }

    private static async Task<TrainingHistory?> HistoryAsync(TrialRecord trial, IObjectStore objects, CancellationToken cancellationToken)
    {
        if (trial.Checkpoint is null) return null;
        try
        {
            await using var content = await objects.FindAsync(trial.Checkpoint.Uri, cancellationToken);
            return content is null ? null : Checkpoint.Read(content).History;
        }
        catch (ModelFileException)
        {
            // One epoch less in a table is no reason to lose the model.
            return null;
        }
    }

    private static EpochRecord Record(TrialRecord trial, int epoch, EpochLoss loss, double scale, DateTimeOffset now) => new()
    {
        ExecutionId = trial.ExecutionId,
        Trial = trial.Trial,
        Epoch = epoch,
        Metrics = MetricValues.Losses(Loss.InTargetUnit(loss.Train, scale), Loss.InTargetUnit(loss.Validation, scale)),
        Seconds = 0,
        Runner = "checkpoint",
        RecordedAt = now,
    };
}
