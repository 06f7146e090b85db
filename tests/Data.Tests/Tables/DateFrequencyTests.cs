using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Tables;

public sealed class DateFrequencyTests
{
    private static readonly DateTimeOffset Start = new(2000, 1, 3, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Days() => Of(Enumerable.Range(0, 30).Select(day => Start.AddDays(day))).ShouldBe(new DateFrequency("daily", 365, 30, 0, 0));

    [Fact]
    public void Business_days_have_no_weekend() =>
        Of(Enumerable.Range(0, 30)
            .Select(day => Start.AddDays(day))
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)))
            .ShouldBe(new DateFrequency("business-daily", 260, 22, 0, 0));

    [Fact]
    public void Weeks() => Of(Enumerable.Range(0, 30).Select(week => Start.AddDays(7 * week))).Name.ShouldBe("weekly");

    [Fact]
    public void Months_by_their_first_day() =>
        Of(Enumerable.Range(0, 30).Select(month => Start.AddDays(-2).AddMonths(month))).Name.ShouldBe("monthly");

    [Fact]
    public void Months_by_their_last_business_day() =>
        Of(Enumerable.Range(1, 60).Select(month => LastBusinessDay(Start.AddDays(-2).AddMonths(month)))).Name.ShouldBe("monthly");

    [Fact]
    public void Quarters() =>
        Of(Enumerable.Range(0, 30).Select(quarter => Start.AddDays(-2).AddMonths(3 * quarter))).Name.ShouldBe("quarterly");

    [Fact]
    public void Years() => Of(Enumerable.Range(0, 30).Select(year => Start.AddYears(year))).Name.ShouldBe("yearly");

    [Fact]
    public void The_order_does_not_matter() =>
        Of(Enumerable.Range(0, 30).Reverse().Select(year => Start.AddYears(year))).Name.ShouldBe("yearly");

    [Fact]
    public void Gaps_and_duplicates_are_counted()
    {
        var months = Enumerable.Range(0, 30).Where(month => month is not (7 or 8)).Select(month => Start.AddMonths(month)).Append(Start);

        var frequency = Of(months);

        frequency.ShouldBe(new DateFrequency("monthly", 12, 28, 2, 1));
        frequency.ToString().ShouldBe("monthly, 2 gaps, 1 row repeats a date");
    }

    [Fact]
    public void Dates_without_a_rhythm_are_irregular() =>
        Of(Enumerable.Range(0, 30).Select(index => Start.AddDays(index * index))).ShouldBe(new DateFrequency("irregular", 0, 30, 0, 0));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_dates_have_no_rhythm(int count) =>
        Of(Enumerable.Range(0, count).Select(day => Start.AddDays(day))).Name.ShouldBe("irregular");

    [Fact]
    public void Hours_are_not_told_apart() => Of(Enumerable.Range(0, 100).Select(hour => Start.AddHours(hour))).Name.ShouldBe("irregular");

    private static DateFrequency Of(IEnumerable<DateTimeOffset> dates) => DateFrequency.Of([.. dates]);

    private static DateTimeOffset LastBusinessDay(DateTimeOffset firstOfNext)
    {
        var day = firstOfNext.AddDays(-1);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) day = day.AddDays(-1);
        return day;
    }
}
