using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>What was forecast for the validation rows beside what came.</summary>
internal static class ForecastSection
{
    public static Section? Of(StudyFacts facts)
    {
        if (facts.Forecasts is not { Rows: > 0 } forecasts) return null;
        return new Section
        {
            Id = "forecasts",
            Title = "Forecasts and actual values",
            Figures = [Lines(facts, forecasts)],
        };
    }

    /// <summary>Dates as a report has them: with a time of day where one row has one.</summary>
    public static IEnumerable<string> Days(IReadOnlyList<DateTimeOffset> dates)
    {
        var format = dates.All(date => date.UtcDateTime.TimeOfDay == TimeSpan.Zero) ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss";
        return dates.Select(date => date.UtcDateTime.ToString(format, CultureInfo.InvariantCulture));
    }

    private static Figure Lines(StudyFacts facts, Forecasts forecasts)
    {
        string[] names = [.. forecasts.Names];
        // The best of the baselines beside the model; the others would hide both.
        var best = facts.Model?.Verdict?.BestBaseline;
        var shown = names.Where(name => name == best || (forecasts.Model is not null && name == names[0])).ToHashSet();
        var blocks = ForecastBlocks.Of(forecasts, facts.WalkForward);
        DataColumn x = forecasts.Dates is { } dates
            ? new Texts("date", "date", Days(dates))
            : new Numbers("row", "row", Enumerable.Range(1, forecasts.Rows).Select(row => (double)row));
        return new Figure
        {
            Id = "forecast-lines",
            Title = "Over time",
            Sentence = Sentence(facts, forecasts) + blocks?.Sentence,
            Data = new DataTable("forecasts",
            [
                x,
                .. forecasts.Groups is { } groups ? [new Texts("group", "series", groups)] : Array.Empty<DataColumn>(),
                new Numbers("actual", "actual", forecasts.Target),
                .. names.Select(name => new Numbers(name, Forecasts.LabelOf(name), forecasts.Lines[name])),
                .. blocks?.Columns ?? [],
            ]),
            Plot = new SeriesPlot(
                x.Name, ["actual", .. blocks is null ? Array.Empty<string>() : [ForecastBlocks.Line], .. names],
                [.. names.Where(name => !shown.Contains(name))], facts.Settings.Target)
            {
                Model = forecasts.Model is null ? null : names[0],
                Group = forecasts.Groups is null ? null : "group",
                Band = blocks?.Band,
                BandLine = blocks?.Band is null ? null : ForecastBlocks.Line,
                BandLabel = blocks?.Band is null ? null : ForecastBlocks.BandLabel,
                Spans = blocks?.Spans ?? [],
            },
        };
    }

    private static string Sentence(StudyFacts facts, Forecasts forecasts)
    {
        if (forecasts.Model is not { } model)
        {
            return "What the baselines forecast for the validation rows; the model's own forecasts were not kept.";
        }

        double[] errors = [.. model.Zip(forecasts.Target, (forecast, target) => target - forecast)];
        var (bias, rmse) = (errors.Average(), Math.Sqrt(errors.Average(error => error * error)));
        var correlation = MathNet.Numerics.Statistics.Correlation.Pearson(model, forecasts.Target);
        return Invariant($"On {forecasts.Rows} validation rows the model misses {facts.Settings.Target} by {rmse:G4} (root of the mean ")
            + Invariant($"squared error), {Math.Abs(bias):G3} too {(bias > 0 ? "low" : "high")} on average, ")
            + (double.IsFinite(correlation) ? Invariant($"with a correlation of {correlation:0.00} between the two. ") : "")
            + "These rows selected the model.";
    }
}
