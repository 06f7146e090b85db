using CsCheck;
using MacroCausal.Reporting.Documents;

namespace MacroCausal.Reporting.Tests.Documents;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(1234567, 1234567)]
    [InlineData(0.123456789, 0.123457)]
    [InlineData(123.456789, 123.457)]
    [InlineData(-1.23456789e-9, -1.23457e-9)]
    [InlineData(1.23456789e20, 1.23457e20)]
    [InlineData(0, 0)]
    public void A_number_has_six_digits_and_a_whole_one_all(double value, double expected) => Numbers.Rounded(value).ShouldBe(expected);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(null)]
    public void What_is_no_number_is_none(double? value) => Numbers.Rounded(value).ShouldBeNull();

    [Fact]
    public void Rounding_moves_a_number_by_less_than_its_sixth_digit() => Gen.Double[-1e12, 1e12].Sample(value =>
        Math.Abs(Numbers.Rounded(value)!.Value - value) <= 0.51e-5 * Math.Abs(value));

    [Fact]
    public void Rounding_twice_is_rounding_once() => Gen.Double.Sample(value =>
        Numbers.Rounded(Numbers.Rounded(value)) == Numbers.Rounded(value));
}
