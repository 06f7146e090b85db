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
    /// <param name="train">Its training rows, with targets.</param>
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
            members.Add(new LinearMember("lastValue", Weights([newest.Scale / fitted.TargetScale], lags), shift));
        }

        if (lags.Length > 0)
        {
            var squares = Squares(train.Last(MaxRows), lags);
            var (weights, intercept) = squares.Fit(Order(squares, lags));
            members.Add(new LinearMember("ar", Weights(weights, lags), intercept));
        }

        int[] own = [.. Enumerable.Range(0, ridge.Weights.Length)];
        return [.. members, new LinearMember("ridge", Weights(ridge.Weights, own), ridge.Intercept)];
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
