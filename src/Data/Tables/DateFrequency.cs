using static System.FormattableString;

namespace MacroCausal.Data.Tables;

/// <summary>How often the rows of a table come, as their dates tell.</summary>
/// <param name="Name">
/// <c>daily</c>, <c>business-daily</c>, <c>weekly</c>, <c>monthly</c>, <c>quarterly</c>, <c>yearly</c> or <c>irregular</c>.
/// </param>
/// <param name="RowsPerYear">Rows of a season: 365, 260, 52, 12, 4, 1; 0 for irregular.</param>
/// <param name="Dates">Number of different dates.</param>
/// <param name="Gaps">Dates that are missing between the first and the last, at this frequency; 0 for irregular.</param>
/// <param name="Duplicates">Rows whose date another row before them has.</param>
public sealed record DateFrequency(string Name, int RowsPerYear, int Dates, int Gaps, int Duplicates)
{
    private const string Irregular = "irregular";

    /// <summary>
    /// Infers the frequency of dates in any order. The typical step decides (the median of the steps between different dates); where fewer
    /// than three of four steps agree with it, the dates are irregular.
    /// </summary>
    public static DateFrequency Of(IReadOnlyList<DateTimeOffset> dates)
    {
        var days = dates.Select(date => DateOnly.FromDateTime(date.UtcDateTime)).Distinct().Order().ToList();
        var instants = dates.Distinct().Count();
        var duplicates = dates.Count - instants;
        if (days.Count < 3 || instants > days.Count) return new DateFrequency(Irregular, 0, instants, 0, duplicates);
        var steps = days.Zip(days.Skip(1), (left, right) => right.DayNumber - left.DayNumber).ToList();
        var typical = steps.Order().ElementAt(steps.Count / 2);
        var (name, perYear, expected) = Kind(days, typical);
        return perYear == 0 || steps.Count(step => Agrees(step, perYear)) < 0.75 * steps.Count
            ? new DateFrequency(Irregular, 0, instants, 0, duplicates)
            : new DateFrequency(name, perYear, instants, Math.Max(0, expected - days.Count), duplicates);
    }

    /// <summary>One phrase for a person, such as <c>monthly, 2 gaps</c>.</summary>
    public override string ToString()
    {
        var gaps = Gaps == 0 ? "" : Invariant($", {Gaps} {(Gaps == 1 ? "gap" : "gaps")}");
        return Duplicates == 0
            ? Name + gaps
            : Invariant($"{Name}{gaps}, {Duplicates} {(Duplicates == 1 ? "row repeats" : "rows repeat")} a date");
    }

    private static (string Name, int PerYear, int Expected) Kind(List<DateOnly> days, int typical)
    {
        var (first, last) = (days[0], days[^1]);
        var span = last.DayNumber - first.DayNumber;
        var months = ((last.Year - first.Year) * 12) + last.Month - first.Month;
        var hasWeekend = days.Exists(day => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);
        return typical switch
        {
            1 when !hasWeekend => ("business-daily", 260, BusinessDays(first, span)),
            1 => ("daily", 365, span + 1),
            7 => ("weekly", 52, (span / 7) + 1),
            >= 28 and <= 31 => ("monthly", 12, months + 1),
            >= 89 and <= 92 => ("quarterly", 4, (months / 3) + 1),
            365 or 366 => ("yearly", 1, last.Year - first.Year + 1),
            _ => (Irregular, 0, 0),
        };
    }

    private static bool Agrees(int step, int perYear) => perYear switch
    {
        365 => step == 1,
        260 => step is 1 or 3,
        52 => step == 7,
        // A month's last trading day may come 26 to 35 days after the one before.
        12 => step is >= 26 and <= 35,
        4 => step is >= 86 and <= 96,
        _ => step is 365 or 366,
    };

    private static int BusinessDays(DateOnly first, int span) =>
        Enumerable.Range(0, span + 1).Count(offset => first.AddDays(offset).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
}
