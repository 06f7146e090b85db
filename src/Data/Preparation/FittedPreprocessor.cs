using System.Text.Json;
using System.Text.Json.Serialization;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;

namespace MacroCausal.Data.Preparation;

/// <summary>
/// Everything that turns a table into a model's input, fitted on the training rows: <c>scaler.json</c>. A prediction in the target's unit
/// is <c>TargetMean + TargetScale * output</c>.
/// </summary>
public sealed record FittedPreprocessor
{
    /// <summary>Version of the format that this build reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of this format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Name of the target in the table.</summary>
    public required string Target { get; init; }

    /// <summary>Mean of the target over the training rows.</summary>
    public required double TargetMean { get; init; }

    /// <summary>Population standard deviation of the target over the training rows; above 0.</summary>
    public required double TargetScale { get; init; }

    /// <summary>Name of the date column, where the table has it.</summary>
    public string? DateColumn { get; init; }

    /// <summary>How its dates are written; null for dates and ISO 8601.</summary>
    public string? DateFormat { get; init; }

    /// <summary>Columns that together name the series a row belongs to; null where the table was one series.</summary>
    public IReadOnlyList<string>? GroupColumns { get; init; }

    /// <summary>
    /// Rows from a row to the one, in its group, whose target is predicted for it; 0 where the target stands in the row itself. Above 0 the
    /// target's column is a feature too.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Ahead { get; init; }

    /// <summary>
    /// Columns that are made of a row's history and date, in the order of their inputs; null where there are none. Rows are then read in
    /// the order of time, within their group.
    /// </summary>
    public IReadOnlyList<TemporalColumn>? Temporal { get; init; }

    /// <summary>The table's columns that became features, in the table's order; then those of <see cref="Temporal"/>.</summary>
    public required IReadOnlyList<InputColumn> Inputs { get; init; }

    /// <summary>The features, in the order of the model's input.</summary>
    public required IReadOnlyList<FeatureColumn> Columns { get; init; }

    /// <summary>The table's columns that did not, with the reason.</summary>
    public required IReadOnlyList<DroppedColumn> Dropped { get; init; }

    /// <summary>
    /// Transforms every row of a table, in its order. The table needs the input columns and what <see cref="Temporal"/> is made of; else
    /// the target and the date may be absent.
    /// </summary>
    /// <exception cref="DataRejectedException">A column is missing or holds something else than it did.</exception>
    public FeatureMatrix Apply(Table table) => Apply(table, [.. Enumerable.Range(0, table.Rows)]);

    /// <summary>Transforms some rows of a table, in the order given.</summary>
    public FeatureMatrix Apply(Table table, IReadOnlyList<int> rows)
    {
        var whole = WithTemporal(table);
        if (Ahead > 0)
        {
            var ahead = RowSelection.TargetsAhead(table, this);
            return Apply(whole, rows, ahead is null ? null : [.. rows.Select(row => ahead[row])], null);
        }

        return Apply(whole, rows, TargetColumn.IsUsable(table, Target) ? Cells.Numbers(table.Find(Target)!, rows) : null, null);
    }

    /// <summary>The table with the columns of <see cref="Temporal"/> after its own; itself where there are none.</summary>
    /// <exception cref="DataRejectedException">A column is missing or holds something else than it did, or a date repeats.</exception>
    public Table WithTemporal(Table table)
    {
        if (Temporal is null) return table;
        var own = Inputs.Where(input => !IsTemporal(input));
        InputCheck.ThrowUnlessUsable(table, [.. own, .. Temporal.Select(Source).OfType<InputColumn>()]);
        return TemporalTable.With(table, Temporal, RowSequence.Of(table, this));
    }

    /// <summary>The rows of a table in the order of time, a list for each series; rows without a date are in none.</summary>
    /// <exception cref="DataRejectedException">The table lacks dates or groups, or repeats a date within a group.</exception>
    public IReadOnlyList<int[]> SeriesOf(Table table) => RowSequence.Of(table, this).Groups;

    /// <summary>Number of features of the table's own columns; they come first.</summary>
    [JsonIgnore]
    public int OwnFeatures => Columns.Count(column => !IsTemporal(Inputs[column.Input]));

    /// <summary>What a feature is made of; null for one of the table's own columns.</summary>
    internal TemporalColumn? TemporalOf(FeatureColumn feature) => TemporalOf(Inputs[feature.Input]);

    /// <summary>What an input is made of; null for one of the table's own columns.</summary>
    public TemporalColumn? TemporalOf(InputColumn input) => Temporal?.FirstOrDefault(column => column.Name == input.Name);

    /// <summary>
    /// The same, where it is known what is to be predicted at each of these rows, and their features may be in a scratch file already. The
    /// table has its temporal columns.
    /// </summary>
    internal FeatureMatrix Apply(Table table, IReadOnlyList<int> rows, double[]? targets, ScratchRows? scratch)
    {
        InputCheck.ThrowUnlessUsable(table, Inputs);
        return new FeatureMatrix
        {
            Names = [.. Columns.Select(column => column.Name)],
            Features = scratch is null ? Features(table, rows) : [],
            Scratch = scratch,
            Rows = rows.Count,
            Target = targets is null ? null : Array.ConvertAll(targets, target => (float)((target - TargetMean) / TargetScale)),
            Dates = DateColumn is not null && table.Find(DateColumn) is { } dates ? DatesOf(dates, rows) : null,
        };
    }

    /// <summary>The content of <c>scaler.json</c>; the same preprocessor gives the same bytes.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DataJson.Options);

    /// <summary>Reads a <c>scaler.json</c>.</summary>
    /// <exception cref="TableException">It is of another version, or none at all.</exception>
    public static FittedPreprocessor FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var fitted = JsonSerializer.Deserialize<FittedPreprocessor>(json, DataJson.Options) ?? throw new JsonException("it is null");
            return fitted.Version == CurrentVersion
                ? fitted
                : throw new TableException(
                    $"scaler.json is of version {fitted.Version} but this build reads {CurrentVersion}; "
                    + "use the build that wrote it, or train again.");
        }
        catch (JsonException exception)
        {
            throw new TableException(
                $"scaler.json cannot be read ({exception.Message.TrimEnd('.')}); train again or restore it.", exception);
        }
    }

    /// <summary>The scaled values of every feature, in their order, each for some rows of a table, in the same array.</summary>
    internal IEnumerable<float[]> FeatureValues(Table table, IReadOnlyList<int> rows)
    {
        var values = new float[rows.Count];
        foreach (var feature in Columns)
        {
            var input = Inputs[feature.Input];
            var column = table.Find(input.Name)!;
            var limit = feature.Limit ?? double.PositiveInfinity;
            for (var i = 0; i < values.Length; i++)
            {
                var scaled = (FeatureEncoding.Value(feature, input, column, rows[i]) - feature.Mean) / feature.Scale;
                values[i] = (float)Math.Clamp(scaled, -limit, limit);
            }

            yield return values;
        }
    }

    private bool IsTemporal(InputColumn input) => TemporalOf(input) is not null;

    // What a temporal column reads and no input does: the target.
    private InputColumn? Source(TemporalColumn column) =>
        column.Source is not { } name || Inputs.Any(input => input.Name == name) ? null : new() { Name = name, Kind = InputKind.Number };

    private float[] Features(Table table, IReadOnlyList<int> rows)
    {
        var features = new float[checked(rows.Count * Columns.Count)]; // [N, F]
        foreach (var (j, values) in FeatureValues(table, rows).Index())
        {
            for (var i = 0; i < values.Length; i++)
            {
                features[(i * Columns.Count) + j] = values[i];
            }
        }

        return features;
    }

    private DateTimeOffset[]? DatesOf(Column column, IReadOnlyList<int> rows)
    {
        var format = DateFormat is null ? Tables.DateFormat.Iso : Tables.DateFormat.Named(DateFormat) ?? Tables.DateFormat.Iso;
        var dates = new DateTimeOffset[rows.Count];
        for (var i = 0; i < dates.Length; i++)
        {
            if (DateColumns.DateAt(column, format, rows[i]) is not { } date) return null;
            dates[i] = date;
        }

        return dates;
    }
}

/// <summary>Whether a table has what a fitted preprocessor reads.</summary>
internal static class InputCheck
{
    /// <summary>Throws with every missing or changed column at once. A column without any value will do for any kind.</summary>
    public static void ThrowUnlessUsable(Table table, IReadOnlyList<InputColumn> inputs)
    {
        var reasons = inputs.Select(input => Reason(table, input)).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (reasons.Count > 0) throw new DataRejectedException(reasons);
    }

    private static string? Reason(Table table, InputColumn input) => table.Find(input.Name) switch
    {
        null => MissingColumn.Sentence(table, "feature", input.Name),
        var column when Fits(input.Kind, column)
            || (column is not UnsupportedColumn && Cells.AllMissing(column, Enumerable.Range(0, column.Count))) => null,
        var column => $"Column '{input.Name}' holds {column.Type}, but the model was trained on it as {Noun(input.Kind)}; convert it.",
    };

    private static bool Fits(InputKind kind, Column column) => kind == InputKind.Category
        ? column is TextColumn or NumberColumn or BooleanColumn
        : column is NumberColumn or BooleanColumn;

    private static string Noun(InputKind kind) => kind switch
    {
        InputKind.Boolean => "booleans",
        InputKind.Category => "categories",
        _ => "numbers",
    };
}
