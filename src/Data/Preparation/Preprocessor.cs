using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>Learns a preparation from the training rows alone: nothing of the other rows leaks into medians, categories, means or scales.</summary>
public static class Preprocessor
{
    private const string ExecutionId = "execution_id";

    /// <summary>Fits features and target on some rows of a table.</summary>
    /// <exception cref="DataRejectedException">There is no usable target or feature.</exception>
    public static FittedPreprocessor Fit(Table table, IReadOnlyList<int> trainRows, PrepareOptions options, CancellationToken cancellationToken = default)
    {
        var reasons = new List<string>();
        TargetColumn.Check(table, options.Target, reasons);
        var fitted = Fit(table, trainRows, options, reasons, cancellationToken);
        return reasons.Count == 0 ? fitted : throw new DataRejectedException(reasons);
    }

    /// <summary>Fits what can be fitted and adds the reasons against the rest.</summary>
    internal static FittedPreprocessor Fit(Table table, IReadOnlyList<int> trainRows, PrepareOptions options, List<string> reasons, CancellationToken cancellationToken)
    {
        var (inputs, dropped) = FitInputs(table, trainRows, options, cancellationToken);
        if (inputs.Count == 0)
            reasons.Add($"No usable feature is left of {table.Columns.Count} columns ({Summary(dropped)}); add a column that varies over the training rows.");
        var target = FitTarget(table, trainRows, options.Target, reasons);
        return new FittedPreprocessor
        {
            Target = options.Target,
            TargetMean = target.Mean,
            TargetScale = target.Scale,
            DateColumn = table.Find(options.DateColumn)?.Name,
            Inputs = inputs,
            Columns = [.. ScaledColumns(table, trainRows, inputs)],
            Dropped = dropped,
        };
    }

    private static (List<InputColumn> Inputs, List<DroppedColumn> Dropped) FitInputs(
        Table table, IReadOnlyList<int> rows, PrepareOptions options, CancellationToken cancellationToken)
    {
        var inputs = new List<InputColumn>();
        var dropped = new List<DroppedColumn>();
        foreach (var column in table.Columns)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = OtherRole(column.Name, options);
            var (input, obstacle) = reason is null
                ? InputFitting.Fit(column, rows, options.CategoryColumns.Contains(column.Name, StringComparer.Ordinal))
                : (null, reason);
            if (input is not null)
                inputs.Add(input);
            else
                dropped.Add(new DroppedColumn(column.Name, obstacle!));
        }

        return (inputs, dropped);
    }

    private static string? OtherRole(string name, PrepareOptions options) =>
        name == options.Target ? "the target"
        : name == options.DateColumn ? "the date column"
        : name == ExecutionId ? "identifies the execution"
        : options.IgnoredColumns.Contains(name, StringComparer.Ordinal) ? "ignored on request"
        : null;

    private static IEnumerable<FeatureColumn> ScaledColumns(Table table, IReadOnlyList<int> rows, List<InputColumn> inputs)
    {
        var names = new UniqueNames();
        foreach (var feature in inputs.SelectMany(FeatureEncoding.Columns))
        {
            var input = inputs[feature.Input];
            var moments = Moments.Of(FeatureEncoding.Values(feature, input, table.Find(input.Name)!, rows));
            yield return feature with { Name = names.Take(feature.Name), Mean = moments.Mean, Scale = moments.Scale };
        }
    }

    private static Moments FitTarget(Table table, IReadOnlyList<int> rows, string name, List<string> reasons)
    {
        if (!TargetColumn.IsUsable(table, name))
            return default;
        var values = Cells.Numbers(table.Find(name)!, rows).Where(double.IsFinite).ToArray();
        var moments = Moments.Of(values);
        if (values.Length > 0 && (moments.Scale == 0 || Array.TrueForAll(values, value => value == values[0])))
            reasons.Add(FormattableString.Invariant($"The target '{name}' is {values[0]} in every training row, so there is nothing to learn; name another target or add rows."));
        return moments;
    }

    private static string Summary(List<DroppedColumn> dropped) =>
        string.Join(", ", dropped.GroupBy(column => column.Reason).OrderByDescending(group => group.Count()).Take(6).Select(group => $"{group.Count()} {group.Key}"));
}
