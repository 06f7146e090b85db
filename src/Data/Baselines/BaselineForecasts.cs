using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Baselines;

/// <summary>What every baseline forecasts for the rows of one split, in the target's unit.</summary>
public sealed record BaselineForecasts
{
    private static readonly string[] SplitNames = ["validation", "test"];

    /// <summary>The targets, [N].</summary>
    public required double[] Target { get; init; }

    /// <summary>The forecasts by the baseline's name, [N] each, in the order of <see cref="Baseline.All"/>.</summary>
    public required IReadOnlyDictionary<string, double[]> Forecasts { get; init; }

    /// <summary>Mean squared error of every baseline by name, in the target's unit, squared.</summary>
    public IReadOnlyDictionary<string, double> Errors =>
        Forecasts.Keys.ToDictionary(name => name, name => SquaredErrors(name).Average());

    /// <summary>Squared error of a baseline at every row, [N], in the target's unit, squared.</summary>
    public double[] SquaredErrors(string name) =>
        [.. Forecasts[name].Zip(Target, (forecast, target) => Math.Pow(forecast - target, 2))];

    /// <summary>
    /// The content of <c>baselines.parquet</c>: <c>split</c>, <c>target</c>, and a column for every baseline; the validation rows, then the
    /// test rows.
    /// </summary>
    public static Table ToTable(BaselineForecasts validation, BaselineForecasts? test)
    {
        BaselineForecasts[] splits = test is null ? [validation] : [validation, test];
        string?[] names = [.. splits.SelectMany((split, index) => Enumerable.Repeat(SplitNames[index], split.Target.Length))];
        Column Column(string name, Func<BaselineForecasts, double[]> values) => new NumberColumn(name, [.. splits.SelectMany(values)]);
        return new Table(
        [
            new TextColumn("split", names),
            Column("target", split => split.Target),
            .. validation.Forecasts.Keys.Select(name => Column(name, split => split.Forecasts[name])),
        ], "baselines.parquet");
    }

    /// <summary>Reads a <c>baselines.parquet</c>; the test rows are null where there are none.</summary>
    /// <exception cref="TableException">It is no such table.</exception>
    public static (BaselineForecasts Validation, BaselineForecasts? Test) FromTable(Table table)
    {
        if (table.Find("split") is not TextColumn split || table.Find("target") is not NumberColumn)
        {
            throw new TableException("baselines.parquet has no column 'split' or 'target'; prepare the data again.");
        }

        var of = SplitNames.Select(name => Enumerable.Range(0, table.Rows).Where(row => split.Values[row] == name).ToArray()).ToArray();
        return (Rows(table, of[0]), of[1].Length == 0 ? null : Rows(table, of[1]));
    }

    private static BaselineForecasts Rows(Table table, int[] rows)
    {
        var numbers = table.Columns.OfType<NumberColumn>()
            .ToDictionary(column => column.Name, column => Array.ConvertAll(rows, row => column.Values[row]));
        return new BaselineForecasts
        {
            Target = numbers["target"],
            Forecasts = numbers.Where(column => column.Key != "target").ToDictionary(),
        };
    }

    /// <summary>Forecasts the rows of a range; the fits are in the scaled unit, what comes out is not.</summary>
    public static BaselineForecasts Of(
        BaselineSeries series, IReadOnlyList<FittedBaseline> fitted, RowRange rows, double targetMean = 0, double targetScale = 1)
    {
        double[] All(Func<int, double> forecast) =>
            [.. Enumerable.Range(rows.Start, rows.Count).Select(row => targetMean + (targetScale * forecast(row)))];
        return new BaselineForecasts
        {
            Target = All(series.Target),
            Forecasts = fitted.ToDictionary(baseline => baseline.Name, baseline => All(row => baseline.Forecast(series, row))),
        };
    }
}
