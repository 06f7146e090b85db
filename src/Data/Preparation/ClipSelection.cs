using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>
/// Decides by the training rows alone whether numbers are clipped: a ridge regression on the table's own columns is cross-validated on
/// blocks of time with and without, and they are clipped where that lowers its error by half a percent or more.
/// </summary>
internal static class ClipSelection
{
    // What gains less gains nothing that the next rows would show.
    private const double MinGain = 0.005;

    /// <summary>The preprocessor with its limits or without, and a line about it; no line where no column has a limit.</summary>
    /// <param name="table">The table.</param>
    /// <param name="selection">Its rows in order, the training rows first.</param>
    /// <param name="trainRows">Number of training rows.</param>
    /// <param name="clipped">The preprocessor with limits.</param>
    /// <param name="options">Clip and horizon.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="maxCells">Cells of the training rows beyond which nothing is tried.</param>
    public static (FittedPreprocessor Fitted, string? Summary) Choose(
        Table table, RowSelection selection, int trainRows, FittedPreprocessor clipped, PrepareOptions options,
        CancellationToken cancellationToken, int maxCells = TemporalSelection.MaxCells)
    {
        var limited = clipped.Columns.Count(feature => feature.Limit is not null);
        if (limited == 0) return (clipped, null);
        var plain = clipped with { Columns = [.. clipped.Columns.Select(feature => feature with { Limit = null })] };
        var columns = Invariant($"{limited} {(limited == 1 ? "column" : "columns")} with training rows beyond ")
            + Invariant($"{options.Clip} standard deviations");
        if (trainRows < TemporalChoice.MinRows)
        {
            return (plain, Invariant($"Not clipped: {trainRows} training rows are too few to choose by ({columns})"));
        }

        if ((long)trainRows * clipped.Columns.Count > maxCells)
        {
            return (plain, $"Not clipped: the table is too large to try it ({columns})");
        }

        var last = TemporalChoice.RowsInTime(clipped.Columns.Count, trainRows);
        var rows = selection.Rows[(trainRows - last)..trainRows];
        double[] target = Array.ConvertAll(
            selection.Targets[(trainRows - last)..trainRows], value => (value - plain.TargetMean) / plain.TargetScale);
        double[][] Values(FittedPreprocessor fitted) =>
            [.. fitted.FeatureValues(table, rows).Select(feature => Array.ConvertAll(feature, value => (double)value))];
        var (_, tried) = TemporalChoice.Of(
            [("not clipped", Values(plain)), ("clipped", Values(clipped))], target, options.Horizon, cancellationToken);
        var unit = plain.TargetScale * plain.TargetScale;
        var isBetter = tried[1].Error <= (1 - MinGain) * tried[0].Error;
        var how = Invariant($"cross-validated error of a ridge regression on the training rows: not clipped {tried[0].Error * unit:G4}, ")
            + Invariant($"clipped {tried[1].Error * unit:G4}");
        return isBetter ? (clipped, $"Clipped: {columns}; {how}") : (plain, $"Not clipped: {columns}; {how}");
    }
}
