namespace MacroCausal.Reporting.Features;

/// <summary>
/// What a model forecasts on average when a column is set to a value in every row, all others left as they are (Friedman 2001).
/// </summary>
internal static class PartialDependence
{
    /// <summary>The forecasts for every setting, in the target's unit.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">Places of the features that are set.</param>
    /// <param name="settings">What they are set to.</param>
    /// <param name="forecast">The model.</param>
    /// <param name="targetMean">What is added to an unscaled forecast.</param>
    public static IReadOnlyList<PartialPoint> Of(
        LabelledRows rows, IReadOnlyList<int> columns, IReadOnlyList<SourceSetting> settings, RowForecaster forecast, double targetMean)
    {
        var features = new float[rows.Features.Length];
        return [.. settings.Select(setting => Of(setting))];

        PartialPoint Of(SourceSetting setting)
        {
            rows.Features.CopyTo(features, 0);
            for (var row = 0; row < rows.Count; row++)
            {
                foreach (var (place, column) in columns.Index())
                {
                    features[(row * rows.Width) + column] = setting.Features[place];
                }
            }

            double[] forecasts = [.. forecast(features).Select(scaled => targetMean + (rows.TargetScale * scaled)).Order()];
            double Quantile(double share) => forecasts[(int)Math.Round(share * (forecasts.Length - 1))];
            return new PartialPoint
            {
                Category = setting.Category,
                Value = setting.Value,
                Mean = forecasts.Average(),
                Low = Quantile(0.1),
                High = Quantile(0.9),
            };
        }
    }
}
