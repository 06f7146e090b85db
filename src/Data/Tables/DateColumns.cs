using System.Globalization;
using System.Text.RegularExpressions;

namespace MacroCausal.Data.Tables;

/// <summary>Finds the column that dates the rows of a table, whatever it is called, and reads it.</summary>
internal static partial class DateColumns
{
    // Words of a name that speak of time: "Year", "obs_date". A word that merely contains one, such as "monthly_income", does not.
    private static readonly string[] TimeWords = ["date", "datetime", "time", "timestamp", "year", "yr", "period", "epoch", "ts"];

    /// <summary>How a column would be read as dates.</summary>
    /// <param name="Column">The column.</param>
    /// <param name="Formats">The formats that every cell follows: one, or two where day and month cannot be told apart.</param>
    public sealed record Candidate(Column Column, IReadOnlyList<DateFormat> Formats)
    {
        /// <summary>Whether <c>03/04/2000</c> could be March or April in every cell.</summary>
        public bool IsAmbiguous => Formats.Count > 1;
    }

    /// <summary>
    /// The columns that may date the rows: real dates; texts that follow one format throughout; whole numbers such as 195903 that do so,
    /// years and epochs only where the name speaks of time; years also where they rise or fall by one from row to row. A column with a
    /// single date dates nothing.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows that must have a date: those with a target.</param>
    /// <param name="excluded">Columns that cannot be meant, such as the target.</param>
    public static IReadOnlyList<Candidate> Find(Table table, IReadOnlyList<int> rows, IReadOnlySet<string> excluded) =>
    [
        .. table.Columns.Where(column => !excluded.Contains(column.Name)).Select(column => CandidateOf(column, rows)).OfType<Candidate>(),
    ];

    /// <summary>
    /// The column as dates by the formats that its cells follow, or by <paramref name="format"/>; null where it holds something else.
    /// </summary>
    public static Candidate? Read(Column column, IReadOnlyList<int> rows, DateFormat? format = null)
    {
        if (column is DateColumn) return new Candidate(column, [DateFormat.Iso]);
        var texts = Texts(column, rows);
        if (texts is null) return null;
        if (format is not null) return texts.All(text => format.Parse(text.Trim()) is not null) ? new Candidate(column, [format]) : null;
        return DateFormat.FormatsOf(texts) is { Count: > 0 } formats ? new Candidate(column, formats) : null;
    }

    /// <summary>The date of a row; null where the cell is missing or not written in the format.</summary>
    public static DateTimeOffset? DateAt(Column column, DateFormat format, int row) => column switch
    {
        DateColumn dates => dates.Values[row],
        _ when column.IsMissing(row) => null,
        _ => format.Parse(TextAt(column, row).Trim()),
    };

    private static Candidate? CandidateOf(Column column, IReadOnlyList<int> rows)
    {
        if (Read(column, rows) is not { } candidate) return null;
        if (rows.Any(column.IsMissing) && column is not DateColumn) return null;
        var dates = rows.Select(row => DateAt(column, candidate.Formats[0], row)).OfType<DateTimeOffset>().Distinct().Count();
        if (dates < 2) return null;
        if (column is not NumberColumn numbers || SpeaksOfTime(column.Name) || IsCalendarNumber(candidate)) return candidate;
        return CountsYears(candidate, numbers, rows) ? candidate : null;
    }

    // 8 or 6 digits that are a calendar date in every row are no accident; 4 digits, or a count of seconds, may be.
    private static bool IsCalendarNumber(Candidate candidate) => candidate.Formats[0].Name is "Ymd" or "Ym";

    private static bool CountsYears(Candidate candidate, NumberColumn column, IReadOnlyList<int> rows)
    {
        if (candidate.Formats[0].Name != "Y") return false;
        var steps = rows.Zip(rows.Skip(1), (left, right) => column.Values[right] - column.Values[left]).ToList();
        return steps.TrueForAll(step => step == 1) || steps.TrueForAll(step => step == -1);
    }

    private static bool SpeaksOfTime(string name) =>
        Words().Replace(name, "$1 $2").Split(' ', '_', '-', '.').Any(word => TimeWords.Contains(word, StringComparer.OrdinalIgnoreCase));

    [GeneratedRegex("([a-z0-9])([A-Z])")]
    private static partial Regex Words();

    private static IEnumerable<string>? Texts(Column column, IReadOnlyList<int> rows) => column switch
    {
        TextColumn or NumberColumn { IsInteger: true } => rows.Where(row => !column.IsMissing(row)).Select(row => TextAt(column, row)),
        _ => null,
    };

    /// <summary>A cell as it is written; empty where the column holds neither text nor whole numbers.</summary>
    public static string TextAt(Column column, int row) => column switch
    {
        TextColumn texts => texts.Values[row]!,
        NumberColumn numbers => numbers.Values[row].ToString("F0", CultureInfo.InvariantCulture),
        _ => "",
    };
}
