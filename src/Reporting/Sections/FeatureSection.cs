using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Features;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>Which columns of the table the model's forecasts rest on, and how they follow the most important ones.</summary>
internal static class FeatureSection
{
    private const int MaxDrawn = 25;
    private const int MaxNamed = 3;

    public static Section? Of(StudyFacts facts)
    {
        if (facts.Effects is not { Columns.Count: > 0 } effects) return null;
        return new Section
        {
            Id = "features",
            Title = "What the model looks at",
            Figures =
            [
                Importance(effects), .. Dependence(facts, effects) is { } dependence ? [dependence] : Array.Empty<Figure>(),
            ],
        };
    }

    private static Figure Importance(FeatureEffects effects)
    {
        var columns = effects.Columns;
        Numbers Column(string name, string label, Func<ColumnImportance, double> value) => new(name, label, columns.Select(value));
        return new Figure
        {
            Id = "feature-importance",
            Title = "Importance of the columns",
            Sentence = $"{Reading(effects)} {Method(effects)}",
            Data = new DataTable("feature_importance",
                new Texts("column", "column", columns.Select(column => column.Name)),
                Column("increase", "rise of the loss", column => column.Increase),
                Column("low", "95 % from", column => column.Low),
                Column("high", "95 % to", column => column.High),
                Column("share", "% of the loss", column => 100 * column.Increase / effects.Loss),
                Column("features", "features made of it", column => column.Features)),
            Plot = new IntervalPlot(
                "column", "increase", "low", "high", "rise of the loss by shuffling",
                [.. columns.Index().Where(column => column.Item.Low > 0).Select(column => column.Index)], IsDifference: true)
            {
                Drawn = columns.Count > MaxDrawn ? MaxDrawn : null,
            },
        };
    }

    private static string Reading(FeatureEffects effects)
    {
        string[] clear = [.. effects.Columns.Where(column => column.Low > 0).Select(column => $"'{column.Name}'")];
        var (first, all) = (effects.Columns[0], effects.Columns.Count + effects.LeftOut);
        var names = clear.Length == 0
            ? ""
            : $": {string.Join(", ", clear.Take(MaxNamed))}{(clear.Length > MaxNamed ? ", ..." : "")}";
        return Invariant($"Shuffling '{first.Name}' raises the loss of {effects.Loss:G4} most, by {first.Increase:G3} ")
            + Invariant($"(95 % {first.Low:G3} to {first.High:G3}). The intervals of {clear.Length} of {all} columns lie above 0{names}; ")
            + Invariant($"chance alone would give about {Math.Max(1, Math.Round(0.025 * all)):0}.");
    }

    private static string Method(FeatureEffects effects)
    {
        var rows = effects.Rows == effects.AllRows
            ? Invariant($"the {effects.Rows} validation rows, which selected the model")
            : Invariant($"the last {effects.Rows} of {effects.AllRows} validation rows, which selected the model");
        var left = effects.LeftOut == 0 ? "" : Invariant($" {effects.LeftOut} columns that came to less in one shuffle are left out.");
        return Invariant($"Permutation in blocks of {effects.BlockRows} rows, {effects.Repeats} times, on {rows}; seed {effects.Seed}. ")
            + "What is made of one column (lags, averages, categories) is shuffled together. A column that says what another says may "
            + "come to little." + left;
    }

    private static Figure? Dependence(StudyFacts facts, FeatureEffects effects)
    {
        if (effects.Dependence.Count == 0) return null;
        var points = effects.Dependence.SelectMany(column => column.Points.Select(point => (column.Name, Point: point))).ToList();
        return new Figure
        {
            Id = "partial-dependence",
            Title = "Forecasts over the most important columns",
            Sentence = DependenceSentence(effects),
            Data = new DataTable("partial_dependence",
                new Texts("column", "column", points.Select(point => point.Name)),
                new Numbers("value", "value", points.Select(point => point.Point.Value)),
                new Texts("category", "category", points.Select(point => point.Point.Category)),
                new Numbers("forecast", "mean forecast", points.Select(point => point.Point.Mean)),
                new Numbers("low", "a tenth of the rows below", points.Select(point => point.Point.Low)),
                new Numbers("high", "a tenth of the rows above", points.Select(point => point.Point.High))),
            Plot = new PanelPlot(
                "column", "value", "category", "forecast", "low", "high", [.. effects.Dependence.Select(column => column.Name)],
                $"forecast of {facts.Settings.Target}"),
        };
    }

    private static string DependenceSentence(FeatureEffects effects)
    {
        var spans = effects.Dependence.Select(column => (column, Span: column.Points.Max(point => point.Mean)
            - column.Points.Min(point => point.Mean)));
        var (widest, span) = spans.MaxBy(one => one.Span);
        var (low, high) = (widest.Points.MinBy(point => point.Mean)!, widest.Points.MaxBy(point => point.Mean)!);
        return Invariant($"The mean forecast moves most with '{widest.Name}': by {span:G3}, from {low.Mean:G4} at {At(low)} to ")
            + Invariant($"{high.Mean:G4} at {At(high)}. The column is set to a value in every row, its lags and averages as if it had ")
            + "been there throughout, all else left as it is; the band holds the forecasts of 80 % of the rows. Where columns move "
            + "together such rows may not exist.";
    }

    private static string At(PartialPoint point) => point.Category is { } category ? $"'{category}'" : Invariant($"{point.Value:G4}");
}
