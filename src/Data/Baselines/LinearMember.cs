using System.Text.Json;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// A baseline as a weighted sum of the model's own features, so that it can stand beside networks in what is delivered: a line of
/// <c>linear.json</c>. It is fitted on the training rows; weights and intercept are in the scaled units of features and target.
/// </summary>
/// <param name="Name">The baseline's name, such as <c>ar</c>.</param>
/// <param name="Weights">A weight for every feature, [F].</param>
/// <param name="Intercept">What is added.</param>
public sealed record LinearMember(string Name, double[] Weights, double Intercept)
{
    /// <summary>Forecast of a row, scaled.</summary>
    /// <param name="features">Its scaled features, [F].</param>
    public double Forecast(ReadOnlySpan<float> features)
    {
        var sum = Intercept;
        for (var feature = 0; feature < features.Length; feature++)
        {
            sum += Weights[feature] * features[feature];
        }

        return sum;
    }

    /// <summary>Mean squared error of its forecasts, in scaled targets, squared: its share of their variance.</summary>
    /// <param name="rows">Rows with targets.</param>
    public double Loss(FeatureMatrix rows) =>
        Enumerable.Range(0, rows.Rows).Average(row => Math.Pow(rows.Target![row] - Forecast(rows.Row(row)), 2));

    /// <summary>The content of <c>linear.json</c>; the same members give the same bytes.</summary>
    public static byte[] ToJson(IReadOnlyList<LinearMember> members) => JsonSerializer.SerializeToUtf8Bytes(members, DataJson.Options);

    /// <summary>Reads a <c>linear.json</c>.</summary>
    /// <param name="json">The file.</param>
    /// <param name="features">Number of features F that each must have a weight for.</param>
    /// <exception cref="TableException">It is none, or is of other features.</exception>
    public static IReadOnlyList<LinearMember> FromJson(ReadOnlySpan<byte> json, int features)
    {
        try
        {
            var members = JsonSerializer.Deserialize<LinearMember[]>(json, DataJson.Options) ?? throw new JsonException("it is null");
            return members.All(member => member is { Name: not null, Weights: { } weights } && weights.Length == features)
                ? members
                : throw new JsonException($"a member does not have {features} weights");
        }
        catch (JsonException exception)
        {
            throw new TableException(
                $"linear.json cannot be read ({exception.Message.TrimEnd('.')}); train again or restore it.", exception);
        }
    }
}

/// <summary>Fits the linear members of a table.</summary>
internal static class LinearMembers
{
    // The last rows where there are more.
    private const int MaxRows = 200_000;

    /// <summary>
    /// The ridge regression on the table's own columns; before it, where the features hold the target of earlier rows, the last value and
    /// the autoregression on those, its order chosen by BIC.
    /// </summary>
    /// <param name="fitted">The preprocessor.</param>
    /// <param name="train">Its training rows, with targets, less those whose history is not whole.</param>
    /// <param name="ridge">The ridge regression on the first features.</param>
    public static IReadOnlyList<LinearMember> Of(FittedPreprocessor fitted, FeatureMatrix train, LinearModel ridge)
    {
        var lags = TargetLags(fitted);
        double[] Weights(IEnumerable<double> values, IReadOnlyList<int> features)
        {
            var weights = new double[fitted.Columns.Count];
            foreach (var (feature, value) in features.Zip(values))
            {
                weights[feature] = value;
            }

            return weights;
        }

        var members = new List<LinearMember>();

        // A value that is clipped is not the last value.
        if (lags.Length > 0 && fitted.Columns[lags[0]] is { Limit: null } newest)
        {
            var shift = (newest.Mean - fitted.TargetMean) / fitted.TargetScale;
            members.Add(new LinearMember(Baseline.LastValue, Weights([newest.Scale / fitted.TargetScale], lags), shift));
        }

        if (lags.Length > 0)
        {
            var squares = Squares(train.Last(MaxRows), lags);
            var (weights, intercept) = squares.Fit(Order(squares, lags));
            members.Add(new LinearMember(Baseline.Autoregressive, Weights(weights, lags), intercept));
        }

        int[] own = [.. Enumerable.Range(0, ridge.Weights.Length)];
        return [.. members, new LinearMember(Baseline.Ridge, Weights(ridge.Weights, own), ridge.Intercept)];
    }

    /// <summary>
    /// Which training rows have every target of an earlier row that their features are made of; what is missing has the median, which an
    /// autoregression must not learn from.
    /// </summary>
    /// <param name="fitted">The preprocessor.</param>
    /// <param name="table">The table with its temporal columns.</param>
    /// <param name="rows">The training rows.</param>
    public static int[] CompleteRows(FittedPreprocessor fitted, Table table, int[] rows)
    {
        var names = TargetLags(fitted).Select(lag => fitted.Inputs[fitted.Columns[lag].Input].Name);
        double[][] lags = [.. names.Select(name => Cells.Numbers(table.Find(name)!, rows))];
        return [.. Enumerable.Range(0, rows.Length).Where(row => lags.All(lag => double.IsFinite(lag[row])))];
    }

    /// <summary>
    /// The preprocessor, less the clipping of the target's own earlier values where the target is a level: where an autoregression on them
    /// leaves little of the variance on the training rows. A clipped value cannot be followed out of the range of the training rows.
    /// </summary>
    /// <param name="fitted">The preprocessor.</param>
    /// <param name="table">The table with its temporal columns.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="targets">Their targets, [N].</param>
    public static FittedPreprocessor Unclipped(FittedPreprocessor fitted, Table table, int[] rows, double[] targets)
    {
        var lags = TargetLags(fitted);
        if (lags.All(lag => fitted.Columns[lag].Limit is null)) return fitted;
        var unclipped = fitted with
        {
            Columns = [.. fitted.Columns.Select((feature, index) => lags.Contains(index) ? feature with { Limit = null } : feature)],
        };
        var complete = CompleteRows(fitted, table, rows);
        complete = complete[Math.Max(0, complete.Length - MaxRows)..];
        var only = unclipped with { Columns = [.. lags.Select(lag => unclipped.Columns[lag])] };
        int[] kept = [.. complete.Select(row => rows[row])];
        double[][] values = [.. only.FeatureValues(table, kept).Select(feature => Array.ConvertAll(feature, value => (double)value))];
        var squares = new NestedLeastSquares(
            kept.Length, lags.Length, (row, lag) => lag < lags.Length ? values[lag][row] : targets[complete[row]]);
        return squares.SquaresLeft(Order(squares, lags)) <= ResidualSelection.MaxShare * squares.SquaresLeft(0) ? unclipped : fitted;
    }

    /// <summary>
    /// Whether BIC gives an autoregression on these features one lag or more: whether the rows show that the target depends on its past.
    /// </summary>
    /// <param name="fitted">The preprocessor.</param>
    /// <param name="features">The scaled features, [F][N].</param>
    /// <param name="target">The scaled target, [N].</param>
    public static bool IsPersistent(FittedPreprocessor fitted, double[][] features, double[] target)
    {
        var lags = TargetLags(fitted);
        return lags.Length > 0 && Order(Squares(target.Length, lags, (row, lag) => features[lag][row], row => target[row]), lags) > 0;
    }

    /// <summary>
    /// Features that are the target of an earlier row, or of the row itself where that of a later one is predicted; the newest first.
    /// </summary>
    private static int[] TargetLags(FittedPreprocessor fitted) =>
    [
        .. fitted.Columns.Index().Where(feature => feature.Item.Role == FeatureRole.Value)
            .Select(feature => (feature.Index, Distance: Distance(fitted, feature.Item))).Where(lag => lag.Distance is not null)
            .OrderBy(lag => lag.Distance).Select(lag => lag.Index),
    ];

    private static int? Distance(FittedPreprocessor fitted, FeatureColumn feature) => fitted.TemporalOf(feature) switch
    {
        { Kind: TemporalKind.Lag } lag => lag.Rows,
        null when fitted.Inputs[feature.Input].Name == fitted.Target => 0,
        _ => null,
    };

    private static NestedLeastSquares Squares(FeatureMatrix rows, int[] lags) =>
        Squares(rows.Rows, lags, (row, lag) => rows.Row(row)[lag], row => rows.Target![row]);

    private static NestedLeastSquares Squares(int rows, int[] lags, Func<int, int, double> feature, Func<int, double> target) => new(
        rows, lags.Length, (row, column) => column < lags.Length ? feature(row, lags[column]) : target(row));

    private static int Order(NestedLeastSquares squares, int[] lags) => Enumerable.Range(0, lags.Length + 1).MinBy(squares.Bic);
}
