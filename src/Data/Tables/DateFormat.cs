using System.Globalization;
using System.Text.RegularExpressions;

namespace MacroCausal.Data.Tables;

/// <summary>One way to write dates. A column of dates follows one of them throughout.</summary>
/// <param name="Name">What a person calls it, such as <c>d/m/Y</c>; also what <c>dateFormat</c> takes.</param>
/// <param name="Parse">The start of the day, month, quarter or year that a text names, UTC; null where it is not written this way.</param>
public sealed record DateFormat(string Name, Func<string, DateTimeOffset?> Parse)
{
    /// <summary>ISO 8601, with a time and an offset or without; no offset means UTC.</summary>
    public static DateFormat Iso { get; } = new("ISO 8601", IsoDate.Parse);

    /// <summary>Day before month: <c>31/01/2000</c>, <c>31-1-2000</c>; a time may follow.</summary>
    public static DateFormat DayMonthYear { get; } = Exact("d/m/Y", WithTime("d/M/yyyy", "d-M-yyyy", "d/M/yy", "d-M-yy"));

    /// <summary>Month before day: <c>1/31/2000</c>; a time may follow.</summary>
    public static DateFormat MonthDayYear { get; } = Exact("m/d/Y", WithTime("M/d/yyyy", "M-d-yyyy", "M/d/yy", "M-d-yy"));

    /// <summary>
    /// Every format that is looked for, the more telling ones first. Only <see cref="DayMonthYear"/> and <see cref="MonthDayYear"/> can
    /// both fit one column.
    /// </summary>
    public static IReadOnlyList<DateFormat> All { get; } =
    [
        Iso,
        Exact("Y/m/d", WithTime("yyyy/M/d", "yyyy.M.d", "yyyy-M-d")),
        DayMonthYear,
        MonthDayYear,
        Exact("d.m.Y", WithTime("d.M.yyyy", "d.M.yy")),
        Exact(
            "d mon Y",
            WithTime("d MMM yyyy", "d MMMM yyyy", "d-MMM-yyyy", "d-MMM-yy", "d/MMM/yyyy", "dMMMyyyy", "d MMM, yyyy", "d MMMM, yyyy")),
        Exact("mon d Y", WithTime("MMM d yyyy", "MMMM d yyyy", "MMM d, yyyy", "MMMM d, yyyy", "MMM-d-yyyy")),
        Exact("mon Y", ["MMM yyyy", "MMMM yyyy", "MMM-yyyy", "MMMM-yyyy", "MMM, yyyy", "yyyy MMM", "yyyy MMMM", "yyyy-MMM", "MMM/yyyy"]),
        Exact("Ymd", ["yyyyMMdd"]),
        Exact("Ym", ["yyyyMM"]),
        Exact("m/Y", ["M/yyyy", "M-yyyy", "yyyy/M", "M.yyyy"]),
        Period("YQq", new(@"^(?<year>\d{4})[ \-:.]?[Qq](?<part>[1-4])$"), monthsOfPart: 3),
        Period("Qq Y", new(@"^[Qq](?<part>[1-4])[ \-:/]?(?<year>\d{4})$"), monthsOfPart: 3),
        Period("Y:q", new(@"^(?<year>\d{4}):(?<part>[1-4])$"), monthsOfPart: 3),
        Period("Y:m", new(@"^(?<year>\d{4})(:|[ :\-]?[Mm])(?<part>0?[1-9]|1[0-2])$"), monthsOfPart: 1),
        Period("Y", new(@"^(?<year>1[6-9][0-9]{2}|2[01][0-9]{2})$"), monthsOfPart: 12),
        Epoch("epoch seconds", 100_000_000, 9_999_999_999, DateTimeOffset.FromUnixTimeSeconds),
        Epoch("epoch milliseconds", 100_000_000_000, 9_999_999_999_999, DateTimeOffset.FromUnixTimeMilliseconds),
    ];

    /// <summary>The format of that name, or of a pattern of .NET such as <c>dd/MM/yyyy</c>; null where it is neither.</summary>
    public static DateFormat? Named(string name) =>
        All.FirstOrDefault(format => string.Equals(format.Name, name, StringComparison.OrdinalIgnoreCase)) ?? Pattern(name);

    /// <summary>The formats that every text follows; none for no text. Two where day and month cannot be told apart.</summary>
    public static IReadOnlyList<DateFormat> FormatsOf(IEnumerable<string> texts)
    {
        List<DateFormat>? fitting = null;
        foreach (var text in texts.Select(text => text.Trim()).Distinct(StringComparer.Ordinal))
        {
            fitting = (fitting ?? [.. All]).FindAll(format => format.Parse(text) is not null);
            if (fitting.Count == 0) return [];
        }

        if (fitting is null) return [];
        // "1959:1" names a quarter unless a fifth part of the year is seen somewhere; then only Y:m is left.
        return fitting.Contains(DayMonthYear) && fitting.Contains(MonthDayYear) ? [DayMonthYear, MonthDayYear] : [fitting[0]];
    }

    private static DateFormat? Pattern(string pattern)
    {
        // A pattern that cannot write a date and read it again, such as "foo", is no format.
        if (!pattern.Contains('y', StringComparison.Ordinal)) return null;
        try
        {
            var format = Exact(pattern, [pattern]);
            var sample = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
            return format.Parse(sample.ToString(pattern, CultureInfo.InvariantCulture)) is null ? null : format;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string[] WithTime(params string[] dates) =>
        [.. dates, .. dates.SelectMany(date => new[] { $"{date} H:mm", $"{date} H:mm:ss", $"{date} h:mm tt", $"{date} h:mm:ss tt" })];

    private static DateFormat Exact(string name, string[] patterns) => new(name, text =>
        DateTimeOffset.TryParseExact(
            text,
            patterns,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var date)
            && date.Year is >= 1000 and <= 2999
            ? date
            : null);

    private static DateFormat Period(string name, Regex pattern, int monthsOfPart) => new(name, text =>
    {
        if (pattern.Match(text) is not { Success: true } match) return null;
        var part = match.Groups["part"] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 1;
        var year = int.Parse(match.Groups["year"].ValueSpan, CultureInfo.InvariantCulture);
        return new DateTimeOffset(year, ((part - 1) * monthsOfPart) + 1, 1, 0, 0, 0, TimeSpan.Zero);
    });

    private static DateFormat Epoch(string name, long low, long high, Func<long, DateTimeOffset> instant) => new(name, text =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= low && count <= high
            ? instant(count)
            : null);
}
