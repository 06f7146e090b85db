using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;

namespace MacroCausal.Data.Baselines;

/// <summary>What fitted baselines forecast for the rows of a table that the study did not have.</summary>
public static class BaselinePrediction
{
    /// <summary>
    /// Forecasts every row of a table. Earlier targets are those of the table; rows are counted in the order of time, within their group,
    /// those without a target included.
    /// </summary>
    /// <param name="baselines">The baselines.</param>
    /// <param name="fitted">How the table is prepared.</param>
    /// <param name="table">The table, N rows.</param>
    /// <param name="matrix">The same, prepared.</param>
    /// <returns>
    /// Forecasts by the baseline's name, in the target's unit, [N] each; NaN where a row has no date, or not all of the earlier targets.
    /// </returns>
    /// <exception cref="DataRejectedException">The table lacks the dates or groups that the study had.</exception>
    public static IReadOnlyDictionary<string, double[]> Of(
        IReadOnlyList<FittedBaseline> baselines, FittedPreprocessor fitted, Table table, FeatureMatrix matrix)
    {
        var (sequence, groups) = RowSequence.WithRepeats(table, fitted);
        int[] order = [.. sequence.Groups.SelectMany(rows => rows)];
        var series = new BaselineSeries(
            [.. order.Select(row => matrix.Target is { } target && float.IsFinite(target[row]) ? target[row] : double.NaN)],
            matrix.Where(order),
            [],
            sequence.Dates is { } dates ? [.. order.Select(row => dates[row]!.Value)] : null,
            groups is null ? null : [.. order.Select(row => groups[row])])
        {
            Features = fitted.OwnFeatures,
        };
        return baselines.ToDictionary(baseline => baseline.Name, baseline =>
        {
            var forecasts = new double[table.Rows];
            Array.Fill(forecasts, double.NaN);
            foreach (var (position, row) in order.Index().Where(at => baseline.KnowsLags(series, at.Index)))
            {
                forecasts[row] = fitted.TargetMean + (fitted.TargetScale * baseline.Forecast(series, position));
            }

            return forecasts;
        });
    }
}
