using MacroCausal.Data.Tables;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>The rows of <c>trials.parquet</c>: one a trial and epoch, and one without an epoch for a trial that has none.</summary>
internal static class TrialTable
{
    /// <summary>Builds the table. Trials and epochs are in order of their numbers; the best epoch of the winner is marked.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="epochs">Their epochs.</param>
    /// <param name="bestTrial">Number of the winner.</param>
    /// <param name="bestEpoch">Its best epoch.</param>
    /// <param name="variance">Variance of the target over the validation rows, in its unit, squared; null where it is not known.</param>
    /// <param name="absoluteErrors">Mean absolute validation error of the trials at their best epoch, by trial, where it is known.</param>
    public static Table Of(
        IReadOnlyList<TrialRecord> trials, IReadOnlyList<EpochRecord> epochs, int bestTrial, int bestEpoch, double? variance = null,
        IReadOnlyDictionary<int, double>? absoluteErrors = null)
    {
        var byTrial = epochs.ToLookup(epoch => epoch.Trial);
        var rows = trials
            .SelectMany(trial =>
                byTrial[trial.Trial].Cast<EpochRecord?>().DefaultIfEmpty().Select(epoch => (Trial: trial, Epoch: epoch)))
            .ToArray();
        Column Number(string name, Func<TrialRecord, EpochRecord?, double?> value, bool isInteger = false) =>
            new NumberColumn(name, [.. rows.Select(row => value(row.Trial, row.Epoch) ?? double.NaN)], isInteger);
        Column Text(string name, Func<TrialRecord, EpochRecord?, string?> value) =>
            new TextColumn(name, [.. rows.Select(row => value(row.Trial, row.Epoch))]);
        return new Table(
        [
            Number("trial", (trial, _) => trial.Trial, isInteger: true),
            Number("epoch", (_, epoch) => epoch?.Epoch, isInteger: true),
            Text("status", (trial, _) => Status(trial)),
            .. Hyperparameters.All.Where(entry => entry.Default is not null || trials.Any(trial => !entry.IsLeftOut(trial.Config)))
                .Select(hyperparameter => hyperparameter.IsNumber
                    ? Number(hyperparameter.Column, (trial, _) => hyperparameter.Number(trial.Config), hyperparameter.IsInteger)
                    : Text(hyperparameter.Column, (trial, _) => hyperparameter.Format(trial.Config))),
            .. Metrics(epochs).Select(metric => Number(metric.Column, (_, epoch) => epoch?.Metrics[metric.Name])),
            Number("validation_rmse", (_, epoch) => Root(epoch?.Metrics.ValidationLoss)),
            Number("validation_mae", (trial, epoch) =>
                epoch is { } at && at.Epoch == trial.BestEpoch && absoluteErrors?.TryGetValue(trial.Trial, out var error) == true
                    ? error
                    : null),
            Number("validation_r2", (_, epoch) => variance > 0 ? 1 - (epoch?.Metrics.ValidationLoss / variance) : null),
            Number("seconds", (_, epoch) => epoch?.Seconds),
            Text("runner", (_, epoch) => epoch?.Runner),
            new BooleanColumn("is_best", [.. rows.Select(row => (bool?)(row.Trial.Trial == bestTrial && row.Epoch?.Epoch == bestEpoch))]),
        ], "trials.parquet");
    }

    private static double? Root(double? loss) => loss is { } value ? Math.Sqrt(value) : null;

    // Those of the table always, then what another version reported.
    private static IEnumerable<EpochMetric> Metrics(IReadOnlyList<EpochRecord> epochs)
    {
        var reported = epochs.SelectMany(epoch => epoch.Metrics.ByName.Keys);
        return EpochMetrics.All.Union(reported.Distinct().Order(StringComparer.Ordinal).Select(EpochMetrics.Of));
    }

    private static string Status(TrialRecord trial) => trial.Status switch
    {
        TrialStatus.Running => "running",
        TrialStatus.Paused => "paused",
        TrialStatus.Completed => "completed",
        TrialStatus.Stopped => "stopped",
        _ => "failed",
    };
}
