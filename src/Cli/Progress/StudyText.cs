using System.Globalization;
using MacroCausal.Data.Baselines;

namespace MacroCausal.Cli.Progress;

/// <summary>A study in words.</summary>
internal static class StudyText
{
    /// <summary>What was found in the table.</summary>
    public static IEnumerable<string> Data(DataPrepared prepared)
    {
        var (data, profile) = (prepared.Data, prepared.Profile);
        yield return Invariant($"data: {profile.Rows} rows, {profile.RowsWithoutTarget} without a target; ")
            + Invariant($"{profile.ColumnsKept} of {profile.Columns} columns became {data.Features} features, ")
            + Invariant($"{profile.ColumnsDropped} did not");
        if (!string.IsNullOrEmpty(profile.Time)) yield return $"      {profile.Time}";
        if (!string.IsNullOrEmpty(profile.Clipping)) yield return $"      {profile.Clipping}";
        if (!string.IsNullOrEmpty(profile.Temporal)) yield return $"      {profile.Temporal}";
        if (!string.IsNullOrEmpty(profile.Residual)) yield return $"      {profile.Residual}";
        yield return Invariant($"      {data.TrainRows} rows to train{Dates(profile.TrainDates)}, ")
            + Invariant($"{data.ValidationRows} to validate{Dates(profile.ValidationDates)}{Test(data, profile)}");
        yield return $"      to beat: {Baselines(data.Baselines)}";
        foreach (var warning in profile.Warnings)
        {
            yield return $"warning: {warning}";
        }

        foreach (var dropped in profile.Dropped)
        {
            yield return $"      dropped {dropped.Name}: {dropped.Reason}";
        }
    }

    /// <summary>The end of a segment.</summary>
    public static string Segment(TrialEpochCompleted report, StudyProgress progress) =>
        Invariant($"trial {report.Trial,3}  epoch {report.Epoch,4}  loss {Loss(report.BestValidationLoss)}")
        + (report.EndedEarly ? "  ended early" : "")
        + Best(progress.Best);

    /// <summary>The end of a fold of the walk-forward.</summary>
    public static string Fold(FoldResult fold) => fold.Forecasts is null
        ? Invariant($"walk-forward: fold {fold.Number} failed: {string.Join(' ', fold.Reasons)}")
        : Invariant($"walk-forward: fold {fold.Number} has forecast its block");

    /// <summary>A loss, and its root, which is in the target's own unit.</summary>
    public static string Loss(double? loss) => loss is { } value ? Invariant($"{value:G5} (rmse {Math.Sqrt(value):G4})") : "none";

    /// <summary>What a network must beat: the best baseline.</summary>
    public static string BestBaseline(IReadOnlyDictionary<string, double> baselines)
    {
        var (name, loss) = Baseline.BestOf(baselines);
        return $"{Baseline.Find(name).Label} {Loss(loss)}";
    }

    /// <summary>The best baseline, then the others; nothing where there are none.</summary>
    public static string Baselines(IReadOnlyDictionary<string, double> baselines)
    {
        if (baselines.Count == 0) return "";
        var best = Baseline.BestOf(baselines).Key;
        var others = Baseline.InOrder(baselines).Where(baseline => baseline.Key != best)
            .Select(baseline => Invariant($"{Baseline.Find(baseline.Key).Label} {baseline.Value:G5}"));
        return string.Join(", ", others.Prepend(BestBaseline(baselines)));
    }

    /// <summary>Hyperparameters on one line.</summary>
    public static string Config(TrialConfig config) => Hyperparameters.Describe(config);

    private static string Best(TrialEpochCompleted? best) =>
        best is null ? "" : Invariant($"  best {Loss(best.Metrics.ValidationLoss)} of trial {best.Trial}");

    private static string Test(DataManifest data, DataProfile profile) =>
        data.TestRows == 0 ? "" : Invariant($", {data.TestRows} held out{Dates(profile.TestDates)}");

    private static string Dates(DateRange? dates) =>
        dates is null ? "" : Invariant($" ({dates.First:yyyy-MM-dd} to {dates.Last:yyyy-MM-dd})");
}
