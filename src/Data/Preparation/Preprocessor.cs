using System.Globalization;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>
/// Fits median imputation, missing indicators, one-hot encoding and standardization on the training rows alone: nothing of the other rows
/// leaks.
/// </summary>
public static class Preprocessor
{
    private const string ExecutionId = "execution_id";

    /// <summary>Fits features and target on some rows of a table.</summary>
    /// <exception cref="DataRejectedException">There is no usable target or feature.</exception>
    public static FittedPreprocessor Fit(
        Table table, IReadOnlyList<int> trainRows, PrepareOptions options, CancellationToken cancellationToken = default)
    {
        var reasons = new List<string>();
        TargetColumn.Check(table, options.Target, reasons);
        var time = RowDates.None(table.Find(options.DateColumn ?? RowDates.DefaultColumn)?.Name);
        var targets = TargetColumn.IsUsable(table, options.Target) ? Cells.Numbers(table.Find(options.Target)!, trainRows) : [];
        var fitted = Fit(table, trainRows, targets, options, time, reasons, cancellationToken);
        CheckFeatures(table, fitted, reasons);
        return reasons.Count == 0 ? fitted : throw new DataRejectedException(reasons);
    }

    /// <summary>
    /// Fits what can be fitted and adds the reasons against the target. <paramref name="targets"/> are those of the training rows.
    /// </summary>
    internal static FittedPreprocessor Fit(
        Table table,
        IReadOnlyList<int> trainRows,
        double[] targets,
        PrepareOptions options,
        RowDates time,
        List<string> reasons,
        CancellationToken cancellationToken)
    {
        var (inputs, features, dropped) = FitInputs(table, trainRows, options, time.Column, cancellationToken);
        var target = FitTarget(table, targets, options.Target, reasons);
        return new FittedPreprocessor
        {
            Target = options.Target,
            TargetMean = target.Mean,
            TargetScale = target.Scale,
            DateColumn = time.Column,
            DateFormat = time.Format is { } format && format != Tables.DateFormat.Iso ? format.Name : null,
            GroupColumns = options.GroupColumns is { Count: > 0 } groups ? groups : null,
            Ahead = options.Ahead,
            Inputs = inputs,
            Columns = features,
            Dropped = dropped,
        };
    }

    /// <summary>Adds the reason against a table of which nothing became a feature.</summary>
    internal static void CheckFeatures(Table table, FittedPreprocessor fitted, List<string> reasons)
    {
        if (fitted.Inputs.Count > 0) return;
        reasons.Add(
            $"No usable feature is left of {table.Columns.Count} columns ({Summary(fitted.Dropped)}); "
            + "add a column that varies over the training rows.");
    }

    /// <summary>
    /// Fits a column of numbers that is input number <paramref name="index"/>, without a missing indicator; null where it has no variation.
    /// </summary>
    internal static (InputColumn Input, FeatureColumn Feature)? FitNumber(
        Column column, IReadOnlyList<int> rows, int index, UniqueNames names, double clip)
    {
        if (InputFitting.Fit(column, rows, false).Input is not { } input) return null;
        input = input with { HasMissingIndicator = false };
        return (input, Scaled(FeatureEncoding.Columns(input, index).Single(), input, column, rows, names, clip));
    }

    // A column and its features at a time, so that no column is read twice.
    private static (List<InputColumn> Inputs, List<FeatureColumn> Features, List<DroppedColumn> Dropped) FitInputs(
        Table table, IReadOnlyList<int> rows, PrepareOptions options, string? dateColumn, CancellationToken cancellationToken)
    {
        var inputs = new List<InputColumn>();
        var features = new List<FeatureColumn>();
        var dropped = new List<DroppedColumn>();
        var names = new UniqueNames();
        foreach (var column in table.Columns)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = OtherRole(column.Name, options, dateColumn);
            var (input, dropReason) = reason is null
                ? InputFitting.Fit(column, rows, IsCategory(column.Name, options))
                : (null, reason);
            if (input is not null)
            {
                features.AddRange(FeatureEncoding.Columns(input, inputs.Count)
                    .Select(feature => Scaled(feature, input, column, rows, names, options.Clip)));
                inputs.Add(input);
            }
            else
            {
                dropped.Add(new DroppedColumn(column.Name, dropReason!));
            }
        }

        return (inputs, features, dropped);
    }

    private static bool IsCategory(string name, PrepareOptions options) =>
        options.CategoryColumns.Contains(name, StringComparer.Ordinal) || options.GroupColumns.Contains(name, StringComparer.Ordinal);

    // Where the target is that of a later row, the row's own is known when the forecast is made.
    private static string? OtherRole(string name, PrepareOptions options, string? dateColumn) =>
        name == options.Target && options.Ahead == 0 ? "the target"
        : name == dateColumn ? "the date column"
        : name == ExecutionId ? "identifies the execution"
        : options.IgnoredColumns.Contains(name, StringComparer.Ordinal) ? "ignored on request"
        : null;

    private static FeatureColumn Scaled(
        FeatureColumn feature, InputColumn input, Column column, IReadOnlyList<int> rows, UniqueNames names, double clip)
    {
        using var values = new ColumnBuffer(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            values.Add(FeatureEncoding.Value(feature, input, column, rows[i]));
        }

        var moments = Moments.Of(values.Span);
        return feature with
        {
            Name = names.Take(feature.Name),
            Mean = moments.Mean,
            Scale = moments.Scale,
            Limit = feature.Role == FeatureRole.Value && input.Kind == InputKind.Number && IsFarOut(values.Span, moments, clip)
                ? clip
                : null,
        };
    }

    // A column whose training rows all lie within may be one that grows, such as a price level: what lies beyond is no outlier then.
    private static bool IsFarOut(ReadOnlySpan<double> values, Moments moments, double clip)
    {
        if (clip <= 0) return false;
        foreach (var value in values)
        {
            if (Math.Abs(value - moments.Mean) > clip * moments.Scale) return true;
        }

        return false;
    }

    private static Moments FitTarget(Table table, double[] targets, string name, List<string> reasons)
    {
        if (!TargetColumn.IsUsable(table, name)) return default;
        var values = Array.FindAll(targets, double.IsFinite);
        var moments = Moments.Of(values);
        if (values.Length > 0 && (moments.Scale == 0 || Array.TrueForAll(values, value => value == values[0])))
        {
            reasons.Add(
                Invariant($"The target '{name}' is {values[0]} in every training row, so there is nothing to learn; ")
                + "name another target or add rows.");
        }

        return moments;
    }

    private static string Summary(IReadOnlyList<DroppedColumn> dropped) =>
        string.Join(
            ", ",
            dropped.GroupBy(column => column.Reason).OrderByDescending(group => group.Count()).Take(6)
                .Select(group => $"{group.Count()} {group.Key}"));
}

/// <summary>Fits one column on the training rows, or says why it is no feature.</summary>
internal static class InputFitting
{
    /// <summary>Why a column without variation is no feature.</summary>
    public const string ConstantReason = "constant in the training rows";

    private const int MaxCategories = 50;

    // Of the training rows with a value; a text that differs in so many of them says which row it is, not what it is like.
    private const double IdShare = 0.9;

    // A missing indicator needs so many missing rows, and so large a share of the rows.
    private const double MinMissingShare = 0.01;
    private const int MinMissingRows = 5;

    /// <summary>The fitted input, or the reason against the column.</summary>
    public static (InputColumn? Input, string? Reason) Fit(Column column, IReadOnlyList<int> rows, bool isCategory) => column switch
    {
        UnsupportedColumn => (null, $"unsupported type: {column.Type}"),
        DateColumn => (null, "a date, but not the date column"),
        _ when Cells.AllMissing(column, rows) => (null, "no value in the training rows"),
        TextColumn => FitCategories(column, rows),
        NumberColumn when isCategory => FitCategories(column, rows),
        BooleanColumn => FitNumbers(column, rows, InputKind.Boolean),
        _ => FitNumbers(column, rows, InputKind.Number),
    };

    private static (InputColumn? Input, string? Reason) FitCategories(Column column, IReadOnlyList<int> rows)
    {
        var values = rows.Select(row => Cells.Category(column, row)).OfType<string>();
        var counts = values.CountBy(value => value, StringComparer.Ordinal).ToList();
        var present = counts.Sum(count => count.Value);
        if (counts.Count == 1 && present == rows.Count) return (null, ConstantReason);
        if (counts.Count > MaxCategories && counts.Count >= IdShare * present)
        {
            return (null, Invariant($"nearly every row has a value of its own, as an id has ({counts.Count} in {present} training rows)"));
        }

        return (new InputColumn
        {
            Name = column.Name,
            Kind = InputKind.Category,
            Categories =
            [
                .. counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).Take(MaxCategories)
                    .Select(count => count.Key).Order(StringComparer.Ordinal),
            ],
            HasOther = counts.Count > MaxCategories,
        }, null);
    }

    private static (InputColumn? Input, string? Reason) FitNumbers(Column column, IReadOnlyList<int> rows, InputKind kind)
    {
        using var present = new ColumnBuffer(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            if (Cells.Number(column, rows[i]) is var number && double.IsFinite(number))
            {
                present.Add(number);
            }
        }

        if (Moments.Of(present.Span).Scale == 0 || !present.Span.ContainsAnyExcept(present.Span[0])) return (null, ConstantReason);
        var missing = rows.Count - present.Span.Length;
        return (new InputColumn
        {
            Name = column.Name,
            Kind = kind,
            Median = Moments.Median(present.Span),
            HasMissingIndicator = missing >= MinMissingRows && missing >= MinMissingShare * rows.Count,
        }, null);
    }
}

/// <summary>
/// Gives every feature a name of its own, apart from the split's target and date: <c>a=b</c> may be a column and a category of <c>a</c>.
/// </summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal) { SplitTable.TargetName, SplitTable.DateName };

    public string Take(string name)
    {
        var unique = name;
        for (var i = 2; !_taken.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}#{i}");
        }

        return unique;
    }
}
