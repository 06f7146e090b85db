using CsCheck;
using MacroCausal.Search.Samplers;

namespace MacroCausal.Search.Tests.Samplers;

/// <summary>Against values of mpmath with 60 and more digits.</summary>
public sealed class StandardNormalTests
{
    [Theory]
    [InlineData(-3, 1.9999779095030014, double.NaN)]
    [InlineData(-0.3, 1.3286267594591274, double.NaN)]
    [InlineData(0.2, 0.77729741078952153, 0.80901951990158073)]
    [InlineData(0.4687, 0.50743181750035593, 0.63209648089352444)]
    [InlineData(0.5, 0.47950012218695346, 0.61569034419292587)]
    [InlineData(2, 0.0046777349810472658, 0.25539567631050574)]
    [InlineData(3.9, 3.4792248597231767e-8, 0.14031418160068974)]
    [InlineData(4.1, 6.7000276540849184e-9, 0.13383411641865199)]
    [InlineData(10, 2.0884875837625448e-45, 0.056140992743822586)]
    [InlineData(26, 5.6631924088561428e-296, 0.021683584850562907)]
    public void The_error_function_has_its_known_values(double x, double erfc, double scaled)
    {
        ErrorFunction.Erfc(x).ShouldBe(erfc, 2e-15 * erfc);
        if (x >= 0) ErrorFunction.ScaledErfc(x).ShouldBe(scaled, 1e-15);
    }

    [Theory]
    [InlineData(-1, 1, -0.38171514630212607)]
    [InlineData(0.5, 2, -1.2525070775159306)]
    [InlineData(-40, -39, -765.08315656437754)]
    [InlineData(10, 10.5, -53.236969371752502)]
    [InlineData(-1000, -999.5, -499507.95119468814)]
    [InlineData(38, 1e9, -726.55721601882013)]
    [InlineData(38, double.PositiveInfinity, -726.55721601882013)]
    [InlineData(200, 200.000001, -20014.734549092027)]
    [InlineData(-0.001, 0.1, -3.2132223486498614)]
    [InlineData(-3, 8, -0.0013508099647488167)]
    [InlineData(5, 5.001, -20.329192936978384)]
    [InlineData(30, 30.00003, -461.3337016759446)]
    public void The_mass_of_an_interval_is_exact_far_in_the_tails(double a, double b, double expected) =>
        StandardNormal.LogMass(a, b).ShouldBe(expected, 1e-13 * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void Masses_of_neighbouring_intervals_add_up() =>
        Gen.Select(Gen.Double[-60, 60], Gen.Double[1e-9, 3], Gen.Double[1e-9, 3]).Sample((a, first, second) =>
        {
            var (middle, end) = (a + first, a + first + second);
            var (left, right) = (StandardNormal.LogMass(a, middle), StandardNormal.LogMass(middle, end));
            var sum = Math.Max(left, right) + Math.Log(1 + Math.Exp(-Math.Abs(left - right)));
            StandardNormal.LogMass(a, end).ShouldBe(sum, 1e-6);
        });

    [Fact]
    public void An_empty_interval_has_no_mass() => StandardNormal.LogMass(2, 2).ShouldBe(double.NegativeInfinity);
}
