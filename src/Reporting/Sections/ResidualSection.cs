using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Statistics;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>What the model's forecasts leave: actual value less forecast, on the validation rows.</summary>
internal static class ResidualSection
{
    private const int WorstRows = 10;

    public static Section? Of(StudyFacts facts)
    {
        if (facts.Forecasts is not { Model: { } model, Rows: > 0 } forecasts) return null;
        double[] residuals = [.. forecasts.Target.Zip(model, (target, forecast) => target - forecast)];
        return new Section
        {
            Id = "residuals",
            Title = "Residuals",
            Figures =
            [
                OverTime(facts, forecasts, residuals),
                .. Correlation(facts, forecasts, residuals) is { } correlation ? [correlation] : Array.Empty<Figure>(),
                Worst(forecasts, model, residuals),
            ],
        };
    }

    private static Figure OverTime(StudyFacts facts, Forecasts forecasts, double[] residuals)
    {
        var half = residuals.Length / 2;
        double Root(IEnumerable<double> some) => Math.Sqrt(some.Select(value => value * value).DefaultIfEmpty().Average());
        var x = Time(forecasts);
        return new Figure
        {
            Id = "residual-lines",
            Title = "Residuals over time",
            Sentence = Invariant($"Actual value less forecast: {residuals.Average():G3} on average. The root of the mean square is ")
                + Invariant($"{Root(residuals.Take(half)):G3} in the first half of the validation rows and ")
                + Invariant($"{Root(residuals.Skip(half)):G3} in the second."),
            Data = new DataTable("residuals",
            [
                x, .. forecasts.Groups is { } groups ? [new Texts("group", "series", groups)] : Array.Empty<DataColumn>(),
                new Numbers("residual", "actual less forecast", residuals),
            ]),
            Plot = new SeriesPlot(x.Name, ["residual"], [], $"{facts.Settings.Target}, actual less forecast")
            {
                Group = forecasts.Groups is null ? null : "group",
            },
        };
    }

    private static Figure? Correlation(StudyFacts facts, Forecasts forecasts, double[] residuals)
    {
        if (Autocorrelation.Of(Series(forecasts, residuals)) is not { } found) return null;
        var beyond = found.ByLag.Select((value, index) => (Value: value, Lag: index + 1))
            .Where(one => Math.Abs(one.Value) > found.Bound).Select(one => one.Lag).ToList();
        var horizon = facts.Settings.Horizon > 1
            ? Invariant($" Forecasts {facts.Settings.Horizon} rows ahead overlap, so correlation below that lag is to be expected.")
            : "";
        return new Figure
        {
            Id = "autocorrelation",
            Title = "Autocorrelation of the residuals",
            Sentence = (beyond.Count == 0
                    ? "No lag lies outside of what chance gives 95 times of 100"
                    : $"Outside of what chance gives 95 times of 100: lag {string.Join(", ", beyond)}")
                + (double.IsFinite(found.PValue)
                    ? Invariant($"; the test of Ljung and Box over {found.ByLag.Count} lags has p = {found.PValue:0.###}.")
                    : ".") + horizon,
            Data = new DataTable("autocorrelation",
                new Texts("lag", "lag (rows)", Enumerable.Range(1, found.ByLag.Count).Select(lag => Invariant($"{lag}"))),
                new Numbers("correlation", "correlation", found.ByLag)),
            Plot = new BarPlot("lag", ["correlation"], "correlation", IsHorizontal: false)
            {
                References = [new Reference("95 %", found.Bound), new Reference("95 %", -found.Bound)],
            },
        };
    }

    private static Figure Worst(Forecasts forecasts, double[] model, double[] residuals)
    {
        int[] rows = [.. Enumerable.Range(0, residuals.Length).OrderByDescending(row => Math.Abs(residuals[row])).Take(WorstRows)];
        var share = rows.Sum(row => residuals[row] * residuals[row]) / residuals.Sum(value => value * value);
        var when = Time(forecasts);
        DataColumn at = when is Texts texts
            ? new Texts("date", "date", rows.Select(row => texts.Values[row]))
            : new Numbers("row", "row", rows.Select(row => (double)row + 1));
        return new Figure
        {
            Id = "worst",
            Title = "Worst rows",
            Sentence = double.IsFinite(share)
                ? Invariant($"The {rows.Length} largest residuals have {100 * share:0} % of the sum of squares of all {residuals.Length}.")
                : "All residuals are 0.",
            Data = new DataTable("worst",
            [
                at,
                .. forecasts.Groups is { } groups
                    ? [new Texts("group", "series", rows.Select(row => groups[row]))]
                    : Array.Empty<DataColumn>(),
                new Numbers("actual", "actual", rows.Select(row => forecasts.Target[row])),
                new Numbers("forecast", "forecast", rows.Select(row => model[row])),
                new Numbers("residual", "actual less forecast", rows.Select(row => residuals[row])),
            ]),
        };
    }

    private static DataColumn Time(Forecasts forecasts) => forecasts.Dates is { } dates
        ? new Texts("date", "date", ForecastSection.Days(dates))
        : new Numbers("row", "row", Enumerable.Range(1, forecasts.Rows).Select(row => (double)row));

    private static List<double[]> Series(Forecasts forecasts, double[] residuals) => forecasts.Groups is { } groups
        ? [.. groups.Index().GroupBy(row => row.Item, row => residuals[row.Index]).Select(rows => rows.ToArray())]
        : [residuals];
}
