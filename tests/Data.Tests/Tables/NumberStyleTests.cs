using System.Globalization;
using CsCheck;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Tables;

public sealed class NumberStyleTests
{
    [Theory]
    [InlineData("1234.5", 1234.5)]
    [InlineData("1,234.5", 1234.5)]
    [InlineData("1,234,567", 1234567)]
    [InlineData("1 234.5", 1234.5)]
    [InlineData("-0.5", -0.5)]
    [InlineData("+0.5", 0.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e-3", 0.001)]
    [InlineData("1.5E+3", 1500)]
    [InlineData("2.82%", 2.82)]
    [InlineData("2.82 %", 2.82)]
    [InlineData("$139.7", 139.7)]
    [InlineData("-$1,139.7", -1139.7)]
    [InlineData("$-5", -5)]
    [InlineData("12 €", 12)]
    [InlineData("(12.5)", -12.5)]
    [InlineData("($1,012.50)", -1012.5)]
    [InlineData("\u22125", -5)]
    [InlineData(" 7 ", 7)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-Inf", double.NegativeInfinity)]
    public void With_a_decimal_point(string cell, double number) => NumberStyle.Point.Parse(cell).ShouldBe(number);

    [Theory]
    [InlineData("1234,5", 1234.5)]
    [InlineData("1.234,5", 1234.5)]
    [InlineData("1.234.567", 1234567)]
    [InlineData("1 234,5", 1234.5)]
    [InlineData("-0,5 %", -0.5)]
    [InlineData("1,5e3", 1500)]
    public void With_a_decimal_comma(string cell, double number) => NumberStyle.Comma.Parse(cell).ShouldBe(number);

    [Theory]
    [InlineData("1,5")]
    [InlineData("12,34.5")]
    [InlineData("1,2345")]
    [InlineData("1234,567.5")]
    [InlineData("1.2.3")]
    [InlineData("1,234.5,6")]
    [InlineData("--5")]
    [InlineData("5-")]
    [InlineData("abc")]
    [InlineData("1a")]
    [InlineData("%")]
    [InlineData("$")]
    [InlineData("()")]
    [InlineData("e5")]
    [InlineData(",5")]
    [InlineData("2000-01-01")]
    [InlineData("3/4")]
    [InlineData("")]
    public void What_is_no_number_with_a_decimal_point(string cell) => NumberStyle.Point.Parse(cell).ShouldBeNull();

    [Theory]
    [InlineData("decimal comma", "1,5", "1,234")]
    [InlineData("decimal comma", "1.234,5")]
    [InlineData("decimal point", "1.5", "1,234")]
    [InlineData("decimal point", "1,234")]
    [InlineData("decimal point", "abc", "7")]
    [InlineData("decimal point")]
    public void A_file_has_the_style_that_its_cells_need(string style, params string[] cells) =>
        NumberStyle.Of(cells).ToString().ShouldBe(style);

    [Theory]
    [InlineData(".")]
    [InlineData("#N/A")]
    [InlineData("n/a")]
    [InlineData("-")]
    [InlineData("NULL")]
    [InlineData(" ")]
    public void Missing_values_have_many_names(string cell) => NumberStyle.IsMissing(cell).ShouldBeTrue();

    [Fact]
    public void Every_number_comes_back_in_both_styles() => Gen.Double.Where(double.IsFinite).Sample(number =>
    {
        var plain = number.ToString("R", CultureInfo.InvariantCulture);
        NumberStyle.Point.Parse(plain).ShouldBe(number);
        NumberStyle.Comma.Parse(plain.Replace('.', ',')).ShouldBe(number);
    });

    [Fact]
    public void Grouped_thousands_come_back_in_both_styles() =>
        Gen.Int[-2_000_000_000, 2_000_000_000].Select(Gen.Int[0, 99]).Sample((whole, cents) =>
        {
            var number = (decimal)whole + (Math.Sign(whole) * cents / 100m);
            var grouped = number.ToString("#,##0.00", CultureInfo.InvariantCulture);
            NumberStyle.Point.Parse(grouped).ShouldBe((double)number);
            NumberStyle.Comma.Parse(grouped.Replace(',', '#').Replace('.', ',').Replace('#', '.')).ShouldBe((double)number);
        });

    [Fact]
    public void Any_text_is_a_number_or_none() => Gen.String.Sample(text =>
    {
        _ = NumberStyle.Point.Parse(text);
        _ = NumberStyle.Comma.Parse(text);
    });
}
