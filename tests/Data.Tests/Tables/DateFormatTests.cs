using System.Globalization;
using CsCheck;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Tables;

public sealed class DateFormatTests
{
    private static readonly string[] Styles =
        ["yyyy-MM-dd", "yyyy/M/d", "d/M/yyyy", "M/d/yyyy", "d.M.yyyy", "MMM d yyyy", "d MMM yyyy", "yyyyMMdd"];

    [Theory]
    [InlineData("ISO 8601", "2000-01-31", "2000-02-29")]
    [InlineData("ISO 8601", "2000-01", "2000-02")]
    [InlineData("ISO 8601", "2000-01-31T10:00:00Z", "2000-02-29 11:30:00+01:00")]
    [InlineData("Y/m/d", "2000/1/31", "2000/02/29")]
    [InlineData("d/m/Y", "31/01/2000", "01/02/2000")]
    [InlineData("d/m/Y", "3/4/2000 12:30", "31/1/2000 0:00")]
    [InlineData("m/d/Y", "1/31/2000", "2/1/2000")]
    [InlineData("m/d/Y", "1/31/00 5:00 PM", "2/1/00 5:00 AM")]
    [InlineData("d.m.Y", "1.2.2000", "31.12.2000")]
    [InlineData("mon d Y", "Jan 1 2000", "Feb 29 2000")]
    [InlineData("mon d Y", "January 1, 2000", "May 2, 2000")]
    [InlineData("d mon Y", "01-Jan-2000", "29-Feb-2000")]
    [InlineData("mon Y", "Jan 2000", "Feb 2000")]
    [InlineData("Ymd", "20000131", "20000229")]
    [InlineData("Ym", "200001", "200012")]
    [InlineData("Y", "1959", "2009")]
    [InlineData("YQq", "1959Q1", "1959Q4")]
    [InlineData("YQq", "1950 Q1", "1950 q2")]
    [InlineData("Qq Y", "Q1 1959", "Q4 1959")]
    [InlineData("Y:q", "1959:1", "1959:4")]
    [InlineData("Y:m", "1974:01", "1974:12")]
    [InlineData("Y:m", "1974:1", "1974:5")]
    [InlineData("Y:m", "1974M01", "1974m12")]
    [InlineData("epoch seconds", "946684800", "949363200")]
    [InlineData("epoch milliseconds", "946684800000", "949363200000")]
    public void A_column_that_follows_one_format_is_recognized(string format, params string[] texts) =>
        DateFormat.FormatsOf(texts).ShouldHaveSingleItem().Name.ShouldBe(format);

    [Theory]
    [InlineData("1959Q3", "1959-07-01")]
    [InlineData("1959:3", "1959-07-01")]
    [InlineData("1974:03", "1974-03-01")]
    [InlineData("1974", "1974-01-01")]
    [InlineData("197403", "1974-03-01")]
    [InlineData("31.12.1999", "1999-12-31")]
    [InlineData("12/31/1999", "1999-12-31")]
    [InlineData("31/12/1999", "1999-12-31")]
    [InlineData("946684800", "2000-01-01")]
    public void A_text_names_the_start_of_its_period(string text, string date) =>
        DateFormat.FormatsOf([text])[0].Parse(text)
            .ShouldBe(DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    [Theory]
    [InlineData("1/2/2000", "3/4/2000")]
    [InlineData("01-02-2000", "12-12-2001")]
    public void Days_up_to_12_everywhere_leave_two_formats(params string[] texts) =>
        DateFormat.FormatsOf(texts).Select(format => format.Name).ShouldBe(["d/m/Y", "m/d/Y"]);

    [Theory]
    [InlineData("31/1/2000", "1/31/2000")]
    [InlineData("2000-01-01", "1/1/2000")]
    [InlineData("2000-01-01", "soon")]
    [InlineData("1959Q5")]
    [InlineData("200013")]
    [InlineData("20000230")]
    [InlineData("0959")]
    [InlineData("1e3")]
    [InlineData("")]
    public void What_follows_no_single_format_is_no_date(params string[] texts) => DateFormat.FormatsOf(texts).ShouldBeEmpty();

    [Fact]
    public void No_text_has_no_format() => DateFormat.FormatsOf([]).ShouldBeEmpty();

    [Theory]
    [InlineData("d/m/Y", "3/4/2000", "2000-04-03")]
    [InlineData("M/D/Y", "3/4/2000", "2000-03-04")]
    [InlineData("dd/MM/yyyy", "03/04/2000", "2000-04-03")]
    public void A_format_is_found_by_its_name_or_pattern(string name, string text, string date) =>
        DateFormat.Named(name)!.Parse(text)
            .ShouldBe(DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    [Theory]
    [InlineData("foo")]
    [InlineData("")]
    [InlineData("%")]
    public void What_is_no_format_is_not_found(string name) => DateFormat.Named(name).ShouldBeNull();

    [Fact]
    public void Whatever_the_style_the_dates_come_back() =>
        Gen.Select(
            Gen.Int[0, 40_000].Array[2, 40],
            Gen.Int[0, Styles.Length - 1]).Sample((offsets, style) =>
        {
            var start = new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var dates = offsets.Append(27).Select(offset => start.AddDays(offset)).ToList();
            var texts = dates.Select(date => date.ToString(Styles[style], CultureInfo.InvariantCulture)).ToList();

            var format = DateFormat.FormatsOf(texts).ShouldHaveSingleItem();
            texts.Select(format.Parse).ShouldBe(dates.Select(date => (DateTimeOffset?)date));
        });
}
