using MacroCausal.Data.Evaluation;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>
/// The blocks of a walk-forward beside the validation rows that they are cut from: what models that had seen no row of a block forecast
/// for it, and the conformal band around that, from the residuals of each fold on its own validation rows.
/// </summary>
internal sealed record ForecastBlocks
{
    /// <summary>Column of the forecasts.</summary>
    public const string Line = "walk_forward";

    /// <summary>Name of the band.</summary>
    public static readonly string BandLabel = Invariant($"{100 * WalkForward.Level:0} % band of the walk-forward");

    private const string Low = "walk_forward_low";
    private const string High = "walk_forward_high";

    /// <summary>The forecasts and, where there is a band, its edges; empty cells in rows that are in no block.</summary>
    public required IReadOnlyList<Numbers> Columns { get; init; }

    /// <summary>Columns of the band's edges; null where a fold has too few residuals for it.</summary>
    public IReadOnlyList<string>? Band => Columns.Count > 1 ? [Low, High] : null;

    /// <summary>The rows of each block.</summary>
    public required IReadOnlyList<PlotSpan> Spans { get; init; }

    /// <summary>How good the forecasts are, and how many rows the band holds.</summary>
    public required string Sentence { get; init; }

    /// <summary>Finds the rows of the blocks; null where there are none, or they are not among those of the forecasts.</summary>
    public static ForecastBlocks? Of(Forecasts forecasts, IReadOnlyList<WalkForwardBlock> blocks)
    {
        if (blocks.Count == 0 || forecasts.Groups is not null || RowsOf(forecasts, blocks) is not { } rows) return null;
        var hasBand = blocks.All(block => ConformalInterval.MaxLevel(block.Calibration.Length) >= WalkForward.Level);
        var (model, low, high) = (new double?[forecasts.Rows], new double?[forecasts.Rows], new double?[forecasts.Rows]);
        var (place, held, squares) = (0, 0, 0.0);
        List<PlotSpan> spans = [];
        foreach (var block in blocks)
        {
            var width = hasBand ? ConformalInterval.HalfWidth(block.Calibration, WalkForward.Level) : double.NaN;
            spans.Add(new PlotSpan(Invariant($"{block.Fold}"), rows[place], rows[place + block.Rows - 1]));
            foreach (var (forecast, target) in block.Model.Zip(block.Baselines.Target))
            {
                var row = rows[place++];
                (model[row], low[row], high[row]) = (forecast, forecast - width, forecast + width);
                held += Math.Abs(target - forecast) <= width ? 1 : 0;
                squares += (target - forecast) * (target - forecast);
            }
        }

        Numbers[] line = [new(Line, "models of the walk-forward", model)];
        return new ForecastBlocks
        {
            Columns = hasBand
                ? [.. line, new Numbers(Low, "band of the walk-forward from", low), new Numbers(High, "band of the walk-forward to", high)]
                : line,
            Spans = spans,
            Sentence = Invariant($" Models of the walk-forward, which saw nothing from the beginning of their block on, miss it by ")
                + Invariant($"{Math.Sqrt(squares / place):G4} on {place} rows in {blocks.Count} blocks")
                + (hasBand
                    ? Invariant($"; their conformal band, meant to hold {100 * WalkForward.Level:0} %, held {held} of these rows ")
                        + Invariant($"({100.0 * held / place:0} %).")
                    : "; a fold has too few validation rows for a band."),
        };
    }

    // By place where the blocks are the rows one by one, else by date.
    private static int[]? RowsOf(Forecasts forecasts, IReadOnlyList<WalkForwardBlock> blocks)
    {
        double[] targets = [.. blocks.SelectMany(block => block.Baselines.Target)];
        if (targets.Length == forecasts.Rows && targets.Zip(forecasts.Target).All(pair => IsSame(pair.First, pair.Second)))
        {
            return [.. Enumerable.Range(0, targets.Length)];
        }

        if (forecasts.Dates is not { } dates || blocks.Any(block => block.Dates is null)) return null;
        if (dates.Distinct().Count() != dates.Count) return null;
        var rows = dates.Index().ToDictionary(date => date.Item, date => date.Index);
        int[] found = [.. blocks.SelectMany(block => block.Dates!).Select(date => rows.GetValueOrDefault(date, -1))];
        return found.Length > 0 && found.All(row => row >= 0) && found.Distinct().Count() == found.Length ? found : null;
    }

    // Targets are scaled and unscaled again by each study.
    private static bool IsSame(double one, double other) => Math.Abs(one - other) <= 1e-4 * (1 + Math.Abs(one));
}
