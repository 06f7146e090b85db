using MacroCausal.Data.Tables;

namespace MacroCausal.Cli.Tables;

/// <summary>
/// The data set that ships with macrocausal, as a gold table: annualised growth rates and levels of US quarterly series with lags, and next
/// quarter's growth of real GDP as the target. <c>samples/README.md</c> says where the figures are from.
/// </summary>
internal static class QuarterlySample
{
    private const int Lags = 3;

    private static readonly string[] Growing = ["realgdp", "realcons", "realinv", "realgovt", "realdpi", "cpi", "m1", "pop"];

    private static readonly string[] Levels = ["tbilrate", "unemp", "infl", "realint"];

    /// <summary>The gold table of the figures beside the executable.</summary>
    public static async Task<Table> ReadAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "samples", "us-macro-quarterly.csv");
        await using var file = File.OpenRead(path);
        return ToGold(await CsvTable.ReadAsync(file, path, cancellationToken));
    }

    /// <summary>
    /// The gold table of the raw figures. Rows without all lags, and the last one, which has no next quarter, are left out.
    /// </summary>
    public static Table ToGold(Table raw)
    {
        var growth = Growing.Select(name => new NumberColumn(name + "_growth", Growth(Values(raw, name))));
        var levels = Levels.Select(name => new NumberColumn(name, Values(raw, name)));
        var series = growth.Concat(levels).ToList();
        var rows = Enumerable.Range(Lags + 1, raw.Rows - Lags - 2).ToArray();
        var target = series.Single(column => column.Name == "realgdp_growth").Values;
        return new Table(
        [
            new DateColumn("date", [.. rows.Select(row => (DateTimeOffset?)Date(raw, row))]),
            .. series.SelectMany(column => Enumerable.Range(0, Lags + 1).Select(lag => Lagged(column, lag, rows))),
            new NumberColumn("target", [.. rows.Select(row => target[row + 1])]),
        ]);
    }

    private static NumberColumn Lagged(NumberColumn column, int lag, int[] rows) =>
        new(lag == 0 ? column.Name : $"{column.Name}_lag{lag}", [.. rows.Select(row => column.Values[row - lag])]);

    // 400 times the difference of the logarithms: percent a year.
    private static double[] Growth(double[] values) =>
        [.. values.Select((value, row) => row == 0 ? double.NaN : 400 * Math.Log(value / values[row - 1]))];

    private static DateTimeOffset Date(Table raw, int row) =>
        new((int)Values(raw, "year")[row], ((int)Values(raw, "quarter")[row] * 3) - 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static double[] Values(Table raw, string name) => ((NumberColumn)raw.Find(name)!).Values;
}
