using System.Globalization;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Temporal;

/// <summary>Which temporal features a study has, and how that came about; part of <c>profile.json</c>.</summary>
public sealed record TemporalProfile
{
    /// <summary>What was taken, as the setting names it.</summary>
    public required string Taken { get; init; }

    /// <summary>One line: what was taken, and what was tried with which error.</summary>
    public required string Summary { get; init; }

    /// <summary>What was tried; empty where nothing was chosen.</summary>
    public IReadOnlyList<TriedFeatures> Tried { get; init; } = [];

    /// <summary>Names of the columns that were made and became features.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
}

/// <summary>
/// Adds to what was fitted on a table's own columns the temporal features that are asked for, or that cross-validation on the training rows
/// shows to help.
/// </summary>
internal static class TemporalSelection
{
    // Values of all columns together, 128 MiB: the table and its temporal columns are in memory.
    public const int MaxCells = 1 << 24;

    private static readonly string[] Nested =
    [
        TemporalFeatures.None, TemporalFeatures.Lags, $"{TemporalFeatures.Lags},{TemporalFeatures.Averages}",
        $"{TemporalFeatures.Lags},{TemporalFeatures.Averages},{TemporalFeatures.Calendar}",
    ];

    /// <summary>
    /// The preprocessor with temporal features, and the table that it applies to; both as they were where there are none. Adds the reasons
    /// against what was asked for.
    /// </summary>
    public static TemporalResult Add(
        Table table, RowSelection selection, int trainRows, FittedPreprocessor raw, PrepareOptions options, List<string> reasons,
        CancellationToken cancellationToken, int maxCells = MaxCells)
    {
        var asked = options.TemporalFeatures;
        if (asked == TemporalFeatures.None || reasons.Count > 0) return new TemporalResult(raw, table, null);
        if (!TemporalFeatures.Names.Contains(asked))
        {
            reasons.Add($"There are no temporal features '{asked}'; use one of {string.Join("; ", TemporalFeatures.Names)}.");
            return new TemporalResult(raw, table, null);
        }

        var rows = selection.Rows[..trainRows];
        var (columns, sequence, refusal) = Candidates(table, selection, rows, raw, options, maxCells);
        if (asked != TemporalFeatures.Auto)
        {
            columns = [.. columns.Where(column => IsIn(asked, column))];
            refusal ??= Missing(asked, columns, selection.Time);
            if (refusal is not null) reasons.Add($"{refusal} Or say --temporal-features none (temporalFeatures).");
            return refusal is not null ? new TemporalResult(raw, table, null)
                : Taken(Fit(table, raw, columns, sequence!, rows, options.Clip), asked, "as asked for", []);
        }

        if (refusal is null && rows.Length < TemporalChoice.MinRows)
        {
            refusal = Invariant($"{rows.Length} training rows are too few to choose by; {TemporalChoice.MinRows} are needed.");
        }

        return refusal is null
            ? Choose(table, selection.Targets[..trainRows], rows, raw, columns, sequence!, options, cancellationToken)
            : Taken(new TemporalResult(raw, table, null), TemporalFeatures.None, refusal, []);
    }

    private static (IReadOnlyList<TemporalColumn> Columns, RowSequence? Sequence, string? Refusal) Candidates(
        Table table, RowSelection selection, int[] rows, FittedPreprocessor raw, PrepareOptions options, int maxCells)
    {
        if ((long)table.Rows * table.Columns.Count > maxCells) return ([], null, TooLarge(table, 0, maxCells));
        var longest = selection.Groups?.Take(rows.Length).CountBy(group => group).Max(group => group.Value) ?? rows.Length;
        var columns = TemporalPlan.Of(selection.Time.Frequency, longest).Columns(table, raw, options, rows);
        if ((long)table.Rows * (table.Columns.Count + columns.Count) > maxCells)
        {
            return ([], null, TooLarge(table, columns.Count, maxCells));
        }

        var groups = Panel.Groups(table, options, selection.Time, []);
        var sequence = RowSequence.Of(table, selection.Time, groups);
        return (columns, sequence, sequence.Repeats == 0 ? null : RowSequence.Uncountable(sequence.Repeats, options));
    }

    private static TemporalResult Choose(
        Table table, double[] targets, int[] rows, FittedPreprocessor raw, IReadOnlyList<TemporalColumn> columns, RowSequence sequence,
        PrepareOptions options, CancellationToken cancellationToken)
    {
        var all = Fit(table, raw, columns, sequence, rows, options.Clip);
        var last = TemporalChoice.RowsInTime(all.Fitted.Columns.Count, rows.Length);
        double[][] values =
        [
            .. all.Fitted.FeatureValues(all.Table, rows[^last..]).Select(feature => Array.ConvertAll(feature, value => (double)value)),
        ];
        bool IsTaken(FeatureColumn feature, string set) =>
            all.Fitted.TemporalOf(feature) is not { } temporal || IsIn(set, temporal);

        double[] target = Array.ConvertAll(targets[^last..], value => (value - raw.TargetMean) / raw.TargetScale);

        // Where the target depends on its own past, its lags are there: an autoregression on them may be part of what is delivered.
        var isPersistent = columns.Any(column => column.Kind == TemporalKind.Lag) && LinearMembers.IsPersistent(all.Fitted, values, target);
        var sets = Nested.Skip(isPersistent ? 1 : 0)
            .Where(set => set == TemporalFeatures.None || columns.Any(column => IsLastIn(set, column)))
            .Select(set => (set, values.Where((_, index) => IsTaken(all.Fitted.Columns[index], set)).ToArray())).ToList();
        var (taken, scaled) = TemporalChoice.Of(sets, target, options.Horizon, cancellationToken);
        var unit = raw.TargetScale * raw.TargetScale;
        var tried = scaled.Select(set => set with { Error = set.Error * unit, StandardError = set.StandardError * unit }).ToList();
        var where = last < rows.Length ? Invariant($"the last {last} training rows") : "the training rows";
        var how = $"cross-validated error of a ridge regression on {where}: " + string.Join(", ", tried.Select(Text));
        return Taken(Fit(table, raw, [.. columns.Where(column => IsIn(taken, column))], sequence, rows, options.Clip), taken, how, tried);
    }

    // Temporal columns come after the table's own; one without variation is none. No missing indicators: all would say the same.
    private static TemporalResult Fit(
        Table table, FittedPreprocessor raw, IReadOnlyList<TemporalColumn> columns, RowSequence sequence, int[] rows,
        double clip)
    {
        if (columns.Count == 0) return new TemporalResult(raw, table, null);
        var whole = TemporalTable.With(table, columns, sequence);
        var names = new UniqueNames();
        foreach (var feature in raw.Columns)
        {
            names.Take(feature.Name);
        }

        var (inputs, features, kept) = (raw.Inputs.ToList(), raw.Columns.ToList(), new List<TemporalColumn>());
        foreach (var column in columns)
        {
            var values = whole.Find(column.Name)!;
            if (Preprocessor.FitNumber(values, rows, inputs.Count, names, clip) is not { } fitted) continue;
            kept.Add(column);
            inputs.Add(fitted.Input);
            features.Add(fitted.Feature);
        }

        return kept.Count == 0
            ? new TemporalResult(raw, table, null)
            : new TemporalResult(raw with { Temporal = kept, Inputs = inputs, Columns = features }, whole, null);
    }

    private static TemporalResult Taken(TemporalResult result, string taken, string how, IReadOnlyList<TriedFeatures> tried) => result with
    {
        Profile = new TemporalProfile
        {
            Taken = taken,
            Summary = $"Temporal features: {taken}{Counted(result.Fitted.Temporal)}; {how}",
            Tried = tried,
            Columns = [.. (result.Fitted.Temporal ?? []).Select(column => column.Name)],
        },
    };

    private static string Counted(IReadOnlyList<TemporalColumn>? columns) => columns is null
        ? ""
        : Invariant($" ({columns.Count} columns, {columns.Max(column => column.Reach)} rows of history)");

    private static string Text(TriedFeatures set) => $"{set.Features} {set.Error.ToString("G4", CultureInfo.InvariantCulture)}";

    private static bool IsIn(string set, TemporalColumn column) => set.Split(',').Contains(NameOf(column));

    private static bool IsLastIn(string set, TemporalColumn column) => set.Split(',')[^1] == NameOf(column);

    private static string NameOf(TemporalColumn column) => column.Kind switch
    {
        TemporalKind.Lag => TemporalFeatures.Lags,
        TemporalKind.Average => TemporalFeatures.Averages,
        _ => TemporalFeatures.Calendar,
    };

    private static string? Missing(string asked, IReadOnlyList<TemporalColumn> columns, RowDates time)
    {
        var without = asked.Split(',').FirstOrDefault(kind => !columns.Any(column => NameOf(column) == kind));
        return without switch
        {
            null => null,
            TemporalFeatures.Calendar => "Calendar terms need dates that come daily, weekly, monthly or quarterly, and the rows "
                + $"{(time.Frequency is { } frequency ? $"come {frequency.Name}" : "have no dates")}; leave them out.",
            _ => $"There is nothing to make {without} of: no numeric column, or too few training rows.",
        };
    }

    private static string TooLarge(Table table, int more, int maxCells) =>
        Invariant($"A table of {table.Rows} rows and {table.Columns.Count} columns")
        + (more == 0 ? "" : Invariant($" with {more} more"))
        + Invariant($" is too large for temporal features, which need it in memory ({maxCells} values at most); ")
        + "leave out rows or columns.";
}

/// <summary>A preprocessor, the table that it applies to with its temporal columns, and how it was chosen.</summary>
internal sealed record TemporalResult(FittedPreprocessor Fitted, Table Table, TemporalProfile? Profile)
{
    /// <summary>Whether numbers are clipped, and what was tried; null where nothing was to decide.</summary>
    public string? Clipping { get; init; }
}
