using MacroCausal.Data.Tables;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>The rows of <c>trials.parquet</c>: one a trial and epoch, and one without an epoch for a trial that has none.</summary>
internal static class TrialTable
{
    /// <summary>Builds the table. Trials and epochs are in order of their numbers; the best epoch of the winner is marked.</summary>
    public static Table Of(IReadOnlyList<TrialRecord> trials, IReadOnlyList<EpochRecord> epochs, int bestTrial, int bestEpoch)
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
            .. Hyperparameters.All.Select(hyperparameter => hyperparameter.IsNumber
                ? Number(hyperparameter.Column, (trial, _) => hyperparameter.Number(trial.Config), hyperparameter.IsInteger)
                : Text(hyperparameter.Column, (trial, _) => hyperparameter.Format(trial.Config))),
            .. Metrics(epochs).Select(metric => Number(metric.Column, (_, epoch) => epoch?.Metrics[metric.Name])),
            Number("seconds", (_, epoch) => epoch?.Seconds),
            Text("runner", (_, epoch) => epoch?.Runner),
            new BooleanColumn("is_best", [.. rows.Select(row => (bool?)(row.Trial.Trial == bestTrial && row.Epoch?.Epoch == bestEpoch))]),
        ], "trials.parquet");
    }

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
