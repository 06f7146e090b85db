using System.Globalization;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Evaluation;

/// <summary>What a fold of a walk-forward forecast for its block, in the target's unit.</summary>
public sealed record WalkForwardBlock
{
    private const string File = "A fold's forecasts";

    /// <summary>Number of the fold, from 1.</summary>
    public required int Fold { get; init; }

    /// <summary>Residuals of the fold's model on the fold's own validation rows, which selected it, [M].</summary>
    public required double[] Calibration { get; init; }

    /// <summary>Forecasts of the fold's model for the block, [N].</summary>
    public required double[] Model { get; init; }

    /// <summary>Forecasts of the fold's best trial, [N].</summary>
    public required double[] BestTrial { get; init; }

    /// <summary>Forecasts of the baselines, fitted on all rows before the block, and the targets, [N] each.</summary>
    public required BaselineForecasts Baselines { get; init; }

    /// <summary>Dates of the block's rows, ascending, [N]; null where file order is time.</summary>
    public DateTimeOffset[]? Dates { get; init; }

    /// <summary>Number of rows N of the block.</summary>
    public int Rows => Model.Length;

    /// <summary>Reads the forecasts that the Registry wrote for a fold.</summary>
    /// <exception cref="TableException">It is no such table.</exception>
    public static WalkForwardBlock FromTable(Table table, int fold)
    {
        double[] Numbers(string name, int[] rows) => table.Find(name) is NumberColumn column
            ? Array.ConvertAll(rows, row => column.Values[row])
            : throw new TableException($"{File} have no column '{name}'; train again under another execution id.");
        int[] Split(string name) => table.Find("split") is TextColumn split
            ? [.. Enumerable.Range(0, table.Rows).Where(row => split.Values[row] == name)]
            : throw new TableException($"{File} have no column 'split'; train again under another execution id.");
        var (own, block) = (Split("validation"), Split("test"));
        string[] known = ["actual", "model", "best_trial"];
        return new WalkForwardBlock
        {
            Fold = fold,
            Calibration = [.. Numbers("actual", own).Zip(Numbers("model", own), (actual, model) => actual - model)],
            Model = Numbers("model", block),
            BestTrial = Numbers("best_trial", block),
            Baselines = new BaselineForecasts
            {
                Target = Numbers("actual", block),
                Forecasts = table.Columns.OfType<NumberColumn>().Where(column => !known.Contains(column.Name))
                    .ToDictionary(column => column.Name, column => Numbers(column.Name, block)),
            },
            Dates = table.Find("date") is DateColumn dates ? Array.ConvertAll(block, row => dates.Values[row]!.Value) : null,
        };
    }
}

/// <summary>
/// Pools the blocks of a walk-forward: the forecasts of whole studies that saw nothing of the rows which they are judged on. It scores the
/// procedure rather than one model.
/// </summary>
public static class WalkForward
{
    /// <summary>The level of the intervals whose coverage is counted.</summary>
    public const double Level = 0.9;

    // Gibbs and Candes (2021): how far one row moves the level. The coverage seen over T rows is within (alpha + gamma) / (gamma T) of it.
    private const double Gamma = 0.05;

    /// <summary>The figures of all blocks together.</summary>
    /// <param name="blocks">The blocks in date order, one or more, each with one row or more.</param>
    /// <param name="horizon">How many rows ahead the forecasts are, 1 or more.</param>
    public static WalkForwardFigures Of(IReadOnlyList<WalkForwardBlock> blocks, int horizon)
    {
        double[] own = [.. blocks.SelectMany(block => Errors(block.Model, block))];
        var baselines = blocks[0].Baselines.Forecasts.Keys.Where(name => blocks.All(block => block.Baselines.Forecasts.ContainsKey(name)))
            .ToDictionary(name => name, name => blocks.SelectMany(block => Errors(block.Baselines.Forecasts[name], block)).ToArray());
        var losses = baselines.ToDictionary(baseline => baseline.Key, baseline => Loss(baseline.Value));
        var best = Baseline.BestOf(losses);
        var isEnough = own.Length >= SelectionCorrection.MinRows;
        return new WalkForwardFigures
        {
            Rows = own.Length,
            Dates = DatesOf(blocks[0].Dates?[0], blocks[^1].Dates?[^1]),
            Loss = Loss(own),
            Baselines = losses,
            BestBaseline = best.Key,
            Difference = Loss(own) - best.Value,
            DifferenceInterval = isEnough ? ForecastTests.Difference(own, baselines[best.Key], horizon).Interval : null,
            PValue = isEnough ? ForecastTests.DieboldMariano(own, baselines[best.Key], horizon).PValue : null,
            Intervals = Coverage(blocks, horizon),
            Folds =
            [
                .. blocks.Select(block => new FoldFigures
                {
                    Number = block.Fold,
                    Rows = block.Rows,
                    Dates = DatesOf(block.Dates?[0], block.Dates?[^1]),
                    Loss = Loss(Errors(block.Model, block)),
                    BaselineLoss = Loss(Errors(block.Baselines.Forecasts[best.Key], block)),
                }),
            ],
        };
    }

    /// <summary>
    /// How many rows lie within conformal intervals that are calibrated on each fold's own validation rows: with the level as it is, and
    /// with one that every miss raises and every hit lowers, as soon as the row's target is known. Null where a fold has too few such rows.
    /// </summary>
    internal static CoverageFigures? Coverage(IReadOnlyList<WalkForwardBlock> blocks, int horizon)
    {
        if (blocks.Any(block => ConformalInterval.MaxLevel(block.Calibration.Length) < Level)) return null;
        var (plain, adaptive, years) = (new List<bool>(), new List<bool>(), new List<int?>());
        var alpha = 1 - Level;
        var unknown = new Queue<double>(); // share of misses of the last dates, whose targets are not known yet
        foreach (var block in blocks)
        {
            double[] errors = Array.ConvertAll(Errors(block.Model, block), Math.Abs);
            var width = ConformalInterval.HalfWidth(block.Calibration, Level);
            for (int start = 0, end; start < errors.Length; start = end)
            {
                end = start + 1;
                while (end < errors.Length && block.Dates is { } dates && dates[end] == dates[start])
                {
                    end++;
                }

                if (unknown.Count >= horizon) alpha += Gamma * (1 - Level - unknown.Dequeue());
                var adapted = WidthAt(block.Calibration, 1 - alpha);
                plain.AddRange(errors[start..end].Select(error => error <= width));
                adaptive.AddRange(errors[start..end].Select(error => error <= adapted));
                years.AddRange(Enumerable.Repeat(block.Dates?[start].Year, end - start));
                unknown.Enqueue(errors[start..end].Average(error => error <= adapted ? 0.0 : 1.0));
            }
        }

        return new CoverageFigures
        {
            Level = Level,
            Plain = plain.Average(hit => hit ? 1.0 : 0),
            Adaptive = adaptive.Average(hit => hit ? 1.0 : 0),
            PlainByYear = years.All(year => year is not null)
                ? plain.Zip(years).GroupBy(row => row.Second!.Value).ToDictionary(
                    year => year.Key.ToString(CultureInfo.InvariantCulture), year => year.Average(row => row.First ? 1.0 : 0))
                : null,
        };
    }

    // An interval that must cover more than its rows can tell is without bounds; one that need not cover anything is empty.
    private static double WidthAt(double[] residuals, double level) =>
        level <= 0 ? -1
        : level > ConformalInterval.MaxLevel(residuals.Length) ? double.PositiveInfinity
        : ConformalInterval.HalfWidth(residuals, level);

    private static double[] Errors(double[] forecasts, WalkForwardBlock block) =>
        [.. forecasts.Zip(block.Baselines.Target, (forecast, target) => forecast - target)];

    private static double Loss(double[] errors) => errors.Average(error => error * error);

    private static DateRange? DatesOf(DateTimeOffset? first, DateTimeOffset? last) =>
        first is { } from && last is { } to ? new DateRange(from, to) : null;
}
