using System.Text.Json.Serialization;

namespace MacroCausal.Data.Temporal;

/// <summary>What a temporal column is made of.</summary>
public enum TemporalKind
{
    /// <summary>The value of a column so many rows before.</summary>
    Lag,

    /// <summary>The mean of a column over the newest rows, the row itself included.</summary>
    Average,

    /// <summary>A term of the row's date.</summary>
    Calendar,
}

/// <summary>Sine or cosine of where a date stands in its year or week, in parts of a full turn.</summary>
public enum CalendarTerm
{
    /// <summary>sin(2 pi (month - 1) / 12), month 1 to 12.</summary>
    MonthSine,

    /// <summary>cos(2 pi (month - 1) / 12).</summary>
    MonthCosine,

    /// <summary>sin(2 pi (quarter - 1) / 4), quarter 1 to 4.</summary>
    QuarterSine,

    /// <summary>cos(2 pi (quarter - 1) / 4).</summary>
    QuarterCosine,

    /// <summary>sin(2 pi day / 7), day 0 (Sunday) to 6.</summary>
    WeekdaySine,

    /// <summary>cos(2 pi day / 7).</summary>
    WeekdayCosine,
}

/// <summary>
/// A column that a table does not have, made of a row, the rows before it in its group, and its date. Nothing in it comes from a later row.
/// </summary>
public sealed record TemporalColumn
{
    /// <summary>Such as <c>target lag 1</c>, <c>INDPRO avg 3</c> or <c>month sin</c>; unlike every column of the table.</summary>
    public required string Name { get; init; }

    /// <summary>What it is made of.</summary>
    public required TemporalKind Kind { get; init; }

    /// <summary>The column of the table that it reads; null for a calendar term.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// A lag's distance, or the number of rows of an average: it is missing where fewer than half of them are there and have a value.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Rows { get; init; }

    /// <summary>Which calendar term; null for the others.</summary>
    public CalendarTerm? Term { get; init; }

    /// <summary>How a calendar term is computed of a date, UTC; null for the others.</summary>
    [JsonIgnore]
    public string? Formula => Term is { } term ? CalendarTerms.Formula(term) : null;

    /// <summary>Earlier rows that it reads.</summary>
    [JsonIgnore]
    public int Reach => Kind == TemporalKind.Average ? Rows - 1 : Rows;
}

/// <summary>What calendar terms are called, how they are computed in words, and their values.</summary>
internal static class CalendarTerms
{
    private static readonly Dictionary<CalendarTerm, Definition> All = new()
    {
        [CalendarTerm.MonthSine] = new("month sin", "sin(2 pi (month - 1) / 12)", day => (day.Month - 1) / 12.0, IsSine: true),
        [CalendarTerm.MonthCosine] = new("month cos", "cos(2 pi (month - 1) / 12)", day => (day.Month - 1) / 12.0, IsSine: false),
        [CalendarTerm.QuarterSine] = new("quarter sin", "sin(2 pi (quarter - 1) / 4)", day => (day.Month - 1) / 3 / 4.0, IsSine: true),
        [CalendarTerm.QuarterCosine] = new("quarter cos", "cos(2 pi (quarter - 1) / 4)", day => (day.Month - 1) / 3 / 4.0, IsSine: false),
        [CalendarTerm.WeekdaySine] = new("weekday sin", "sin(2 pi weekday / 7), Sunday 0", day => (int)day.DayOfWeek / 7.0, IsSine: true),
        [CalendarTerm.WeekdayCosine] =
            new("weekday cos", "cos(2 pi weekday / 7), Sunday 0", day => (int)day.DayOfWeek / 7.0, IsSine: false),
    };

    /// <summary>What a term is called.</summary>
    public static string Name(CalendarTerm term) => All[term].Name;

    /// <summary>How it is computed, in words.</summary>
    public static string Formula(CalendarTerm term) => All[term].Formula;

    /// <summary>The value at a date, UTC.</summary>
    public static double Value(CalendarTerm term, DateTimeOffset date)
    {
        var (_, _, share, isSine) = All[term];
        var (sine, cosine) = Math.SinCos(2 * Math.PI * share(date.UtcDateTime));
        return isSine ? sine : cosine;
    }

    // Share: part of a full turn at a day, from 0 to below 1.
    private sealed record Definition(string Name, string Formula, Func<DateTime, double> Share, bool IsSine);
}
