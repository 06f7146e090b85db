namespace MacroCausal.Data.Baselines;

/// <summary>
/// Direct autoregression AR(p) by least squares: the target on an intercept and the p newest known targets, at lags h, ..., h + p - 1 for
/// the horizon h; with a season also on the target of the same time in the newest year that is known. p is chosen by BIC (Schwarz, 1978)
/// on rows that have all lags.
/// </summary>
internal sealed record Autoregression(int[] Lags, double[] Weights, double Intercept)
{
    public const int MaxOrder = 12;

    /// <summary>Fewest rows on which an autoregression of its own is fitted.</summary>
    public const int MinRows = 20;

    /// <summary>Training rows that a lag takes to be learned from.</summary>
    public const int RowsPerOrder = 10;

    // The last rows where there are more: what they would add to some numbers of this size is nothing.
    private const int MaxRows = 200_000;

    /// <summary>AR(p), p = 0 to 12 by BIC; at most a tenth of the rows.</summary>
    public static LagSum Fit(BaselineSeries series, int[] rows) => Choose(series, rows, []).Sum(series, rows);

    /// <summary>The same with the seasonal lag.</summary>
    public static LagSum FitSeasonal(BaselineSeries series, int[] rows) =>
        Choose(series, rows, [SeasonalLag(series)]).Sum(series, rows);

    /// <summary>The newest target of the same time of the year that is known: a whole number of years back, the horizon or more.</summary>
    public static int SeasonalLag(BaselineSeries series) =>
        series.Season * ((series.Horizon + series.Season - 1) / series.Season);

    /// <summary>The autoregression whose order has the lowest BIC, fitted again on every row that has its lags.</summary>
    public static Autoregression Choose(BaselineSeries series, int[] rows, int[] seasonal)
    {
        var maxOrder = Math.Clamp(rows.Length / RowsPerOrder, 0, MaxOrder);
        var lags = LagsOf(series, maxOrder, seasonal);
        var usable = Usable(series, rows, lags);
        if (usable.Length <= lags.Length + 2) return Fit(series, rows, LagsOf(series, 0, []));
        var squares = Squares(series, usable, lags);
        var orders = Enumerable.Range(0, maxOrder + 1).Select(order => LagsOf(series, order, seasonal));
        return Fit(series, rows, orders.MinBy(chosen => squares.Bic(chosen.Length))!);
    }

    /// <summary>Least squares on the rows that have these lags.</summary>
    public static Autoregression Fit(BaselineSeries series, int[] rows, int[] lags)
    {
        var (weights, intercept) = Squares(series, Usable(series, rows, lags), lags).Fit(lags.Length);
        return new Autoregression(lags, weights, intercept);
    }

    // The seasonal lag stands first, so that every order is a leading part of the largest regression.
    private static int[] LagsOf(BaselineSeries series, int order, int[] seasonal) =>
        [.. seasonal, .. Enumerable.Range(series.Horizon, order).Where(lag => !seasonal.Contains(lag))];

    private static int[] Usable(BaselineSeries series, int[] rows, int[] lags) =>
        Array.FindAll(rows[^Math.Min(rows.Length, MaxRows)..], row => Array.TrueForAll(lags, lag => !double.IsNaN(series.Lag(row, lag))));

    private static NestedLeastSquares Squares(BaselineSeries series, int[] rows, int[] lags) => new(
        rows.Length, lags.Length,
        (row, column) => column < lags.Length ? series.Lag(rows[row], lags[column]) : series.Target(rows[row]));

    // Where a lag lies before the first row there is nothing to say but the mean.
    private LagSum Sum(BaselineSeries series, int[] rows) => new(Lags, Weights, [], Intercept, rows.Average(series.Target));
}
