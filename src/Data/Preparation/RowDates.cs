using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>The dates of a table's rows, and the sentence that says where they come from.</summary>
/// <param name="Column">Name of the date column; null where file order is taken as time.</param>
/// <param name="Format">How its cells are written; null where <paramref name="Column"/> is.</param>
/// <param name="Values">Dates of the selected rows, in their order; null where there is no column, or it cannot be read.</param>
/// <param name="Frequency">How often the rows come; null without dates.</param>
/// <param name="Summary">One sentence for a person.</param>
internal sealed record RowDates(
    string? Column, DateFormat? Format, DateTimeOffset[]? Values, DateFrequency? Frequency, string Summary)
{
    /// <summary>The date column where nobody names another.</summary>
    public const string DefaultColumn = "date";

    private const int MaxNamedRows = 3;

    /// <summary>No dates; the column, where there is one, is no feature all the same.</summary>
    public static RowDates None(string? column, string summary = "") => new(column, null, null, null, summary);

    /// <summary>The date of any row of the table; null where it has none. Only where <see cref="Format"/> is known.</summary>
    public DateTimeOffset? At(Table table, int row) => DateColumns.DateAt(table.Find(Column!)!, Format!, row);

    /// <summary>The same for the sorted rows of a panel, where dates repeat: repeated is what repeats within a group.</summary>
    public RowDates OfPanel(DateTimeOffset[] dates, int repeats, string groups)
    {
        var frequency = Frequency! with { Duplicates = repeats };
        return this with
        {
            Values = dates,
            Frequency = frequency,
            Summary = Summary.Replace($": {Frequency}", $": {frequency}; {groups}", StringComparison.Ordinal),
        };
    }

    /// <summary>
    /// Finds and reads the dates of some rows: of the column that is asked for, else of <c>date</c>, else of the only column that can date
    /// them. Adds a reason where several can, where day and month cannot be told apart, or where a cell is no date.
    /// </summary>
    public static RowDates Of(Table table, PrepareOptions options, int[] rows, List<string> reasons)
    {
        var format = options.DateFormat is null ? null : DateFormat.Named(options.DateFormat);
        if (options.DateFormat is not null && format is null) reasons.Add(UnknownFormat(options.DateFormat));
        if (options.NoDate) return None(null, "File order is taken as time, as asked for.");
        if (Choose(table, options, rows, reasons) is not { } column) return None(null, NothingFound(options));
        if (DateColumns.Read(column, rows, format) is not { } read) return Refuse(Unreadable(column, format, rows));
        if (read.IsAmbiguous) return Refuse(Ambiguous(column, rows[0]));
        var dates = Array.ConvertAll(rows, row => DateColumns.DateAt(column, read.Formats[0], row));
        var bad = rows.Where((_, index) => dates[index] is null).ToList();
        return bad.Count > 0
            ? Refuse(NoDates(column, bad))
            : Read(column, read.Formats[0], Array.ConvertAll(dates, date => date!.Value));

        RowDates Refuse(string reason)
        {
            reasons.Add(reason);
            return None(column.Name);
        }
    }

    private static Column? Choose(Table table, PrepareOptions options, int[] rows, List<string> reasons)
    {
        if (options.DateColumn is { } named)
        {
            if (table.Find(named) is { } asked) return asked;
            reasons.Add(MissingColumn.Sentence(table, "date column", named));
            return null;
        }

        if (table.Find(DefaultColumn) is { } byName) return byName;
        var excluded = new HashSet<string>([options.Target, .. options.IgnoredColumns, .. options.CategoryColumns], StringComparer.Ordinal);
        var candidates = DateColumns.Find(table, rows, excluded);
        if (candidates.Count > 1)
        {
            reasons.Add(
                $"Several columns could date the rows: {string.Join(", ", candidates.Select(candidate => $"'{candidate.Column.Name}'"))}; "
                + "name one with --date (dateColumn), or keep the file's order with --no-date (noDate).");
        }

        return candidates.Count == 1 ? candidates[0].Column : null;
    }

    private static RowDates Read(Column column, DateFormat format, DateTimeOffset[] dates)
    {
        var frequency = DateFrequency.Of(dates);
        var written = column is DateColumn ? "" : $" ({format.Name})";
        var summary = $"Dates from '{column.Name}'{written}: {frequency}{Sorted(dates)}.";
        return new RowDates(column.Name, format, dates, frequency, summary);
    }

    private static string Sorted(DateTimeOffset[] dates)
    {
        var steps = dates.Zip(dates.Skip(1), (left, right) => right.CompareTo(left)).ToList();
        if (steps.TrueForAll(step => step >= 0)) return "";
        return steps.TrueForAll(step => step <= 0)
            ? "; the file is newest first, its rows were sorted"
            : "; the file is not in order of time, its rows were sorted";
    }

    private static string NothingFound(PrepareOptions options) => options.DateColumn is null
        ? "No date column was found: file order is taken as time. Name one with --date if there is one."
        : "";

    private static string Unreadable(Column column, DateFormat? format, int[] rows)
    {
        if (column is not TextColumn and not NumberColumn { IsInteger: true } && !Cells.AllMissing(column, rows))
        {
            return $"The date column '{column.Name}' holds {column.Type}, not dates; "
                + "write it as a timestamp, a date or ISO 8601 text, or name another date column.";
        }

        var best = format ?? DateFormat.All.MaxBy(known => rows.Count(row => DateColumns.DateAt(column, known, row) is not null))!;
        return NoDates(column, [.. rows.Where(row => DateColumns.DateAt(column, best, row) is null)], format);
    }

    private static string NoDates(Column column, List<int> bad, DateFormat? format = null)
    {
        var named = string.Join(", ", bad.Take(MaxNamedRows).Select(row => Invariant($"row {row + 1}: {Quote(column, row)}")));
        var more = bad.Count > MaxNamedRows ? Invariant($" and {bad.Count - MaxNamedRows} more") : "";
        var kind = format is null ? "no dates" : $"no dates of the format {format.Name}";
        return $"The date column '{column.Name}' holds values that are {kind} ({named}{more}); "
            + "write them as ISO 8601, such as 2019-12-31, drop the rows, "
            + "name another column with --date (dateColumn), or keep the file's order with --no-date (noDate).";
    }

    private static string Ambiguous(Column column, int row) =>
        $"The dates of '{column.Name}' could be day/month or month/day in every row (such as {Quote(column, row)}); "
        + "say which with --date-format d/m/Y or --date-format m/d/Y (dateFormat).";

    private static string UnknownFormat(string name) =>
        $"There is no date format '{name}'; use one of {string.Join(", ", DateFormat.All.Select(format => format.Name))}, "
        + "or a pattern such as dd/MM/yyyy.";

    private static string Quote(Column column, int row) => column.IsMissing(row) ? "null" : $"'{DateColumns.TextAt(column, row)}'";
}
