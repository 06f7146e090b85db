using System.Text.RegularExpressions;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Temporal;

namespace MacroCausal.Reporting.Features;

/// <summary>
/// A series of the table and all features that are made of it: its value, missing indicator, categories, lags, averages. Columns of the
/// table that say in their names that they are lags of one series, such as <c>rate_lag0</c> and <c>rate_lag1</c>, are one.
/// </summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Features">Places in the model's input, ascending.</param>
internal sealed partial record FeatureSource(string Name, IReadOnlyList<int> Features)
{
    private const string Calendar = "date (calendar terms)";

    /// <summary>The series in the order of their first features; calendar terms are one.</summary>
    public static IReadOnlyList<FeatureSource> Of(FittedPreprocessor fitted) =>
    [
        .. fitted.Columns.Index().GroupBy(feature => KeyOf(fitted, fitted.Inputs[feature.Item.Input]))
            .Select(group => new FeatureSource(NameOf(fitted, group.Key), [.. group.Select(feature => feature.Index)])),
    ];

    /// <summary>
    /// What the column is set to, one after the other, to see what the model makes of it: 21 values from the 5 % to the 95 % quantile of
    /// the rows, or every category. Lags and averages are set as if the column had had the value throughout. None for calendar terms.
    /// </summary>
    public IReadOnlyList<SourceSetting> Settings(FittedPreprocessor fitted, LabelledRows rows)
    {
        FeatureColumn[] columns = [.. Features.Select(feature => fitted.Columns[feature])];
        var input = fitted.Inputs[columns[0].Input];
        if (columns.Any(column => fitted.Inputs[column.Input].Kind != input.Kind)
            || fitted.TemporalOf(input) is { Kind: TemporalKind.Calendar })
        {
            return [];
        }

        SourceSetting Setting(string? category, double? value, Func<FeatureColumn, double> of) =>
            new(category, value, [.. columns.Select(column => Scaled(column, of(column)))]);
        return input.Kind == InputKind.Category
            ? [.. columns.Select(column => (column.Role, column.Category)).Distinct().Select(one => Setting(
                one.Category ?? "other", null, column => (column.Role, column.Category) == one ? 1 : 0))]
            : [.. Values(input, columns[0], rows).Select(value => Setting(
                null, value, column => column.Role == FeatureRole.Value ? value : 0))];
    }

    private double[] Values(InputColumn input, FeatureColumn column, LabelledRows rows)
    {
        const int Points = 21;
        if (input.Kind == InputKind.Boolean) return [0, 1];
        double[] sorted =
        [
            .. Enumerable.Range(0, rows.Count)
                .Select(row => column.Mean + (column.Scale * rows.Features[(row * rows.Width) + Features[0]])).Order(),
        ];
        var (low, high) = (sorted[(int)(0.05 * (sorted.Length - 1))], sorted[(int)Math.Ceiling(0.95 * (sorted.Length - 1))]);
        return low < high ? [.. Enumerable.Range(0, Points).Select(point => low + ((high - low) * point / (Points - 1)))] : [low];
    }

    private static float Scaled(FeatureColumn column, double value)
    {
        var limit = column.Limit ?? double.PositiveInfinity;
        return (float)Math.Clamp((value - column.Mean) / column.Scale, -limit, limit);
    }

    private static (string? Series, bool IsCalendar) KeyOf(FittedPreprocessor fitted, InputColumn input) => fitted.TemporalOf(input) switch
    {
        null => (SeriesOf(input.Name), false),
        { Source: { } source } => (SeriesOf(source), false),
        _ => (null, true),
    };

    private static string NameOf(FittedPreprocessor fitted, (string? Series, bool IsCalendar) key) =>
        key.IsCalendar ? Calendar : key.Series == SeriesOf(fitted.Target) ? $"{key.Series} (its own past)" : key.Series!;

    private static string SeriesOf(string column) => Lag().Match(column) is { Success: true } lag ? lag.Groups[1].Value : column;

    [GeneratedRegex("^(.+?)[ _.-]+lag[ _.-]*[0-9]+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Lag();
}

/// <summary>What the features of a column are set to.</summary>
/// <param name="Category">The category; null for a number.</param>
/// <param name="Value">The number, in the column's unit; null for a category.</param>
/// <param name="Features">The features, scaled, in the order of the source's.</param>
internal sealed record SourceSetting(string? Category, double? Value, float[] Features);
