using CsCheck;
using MacroCausal.Data.Evaluation;
using MathNet.Numerics.Distributions;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class ForecastTestsTests
{
    // Errors of an exponential smoothing and an ARIMA on WWWusage, and p-values of the reference.
    private static readonly double[] Ets =
    [
        0.002241270, -0.000661906, -1.200002613, -4.000218178, 3.799373533, 3.401005111, -1.199692125, -0.800490048, -1.200048999,
        3.399847229, 7.000708948, 2.200989241, -4.800165569, -1.201043375, 3.400167556, 3.000709085, 0.400267950, -6.800169207,
        -2.401259050, 1.200112198,
    ];

    private static readonly double[] Arima =
    [
        0.1209998, 8.0622269, -0.9189429, -1.7952436, 5.3431277, 2.0459823, -0.6073261, 0.5516816, -0.7633238, 4.1229472, 5.8785333,
        1.2828331, -3.4854233, 1.1971370, 3.1709314, 2.3408457, 0.4962286, -5.9841362, 0.1537114, 0.4207951,
    ];

    private static readonly Gen<double[]> Errors = Gen.Double[-3, 3].Array[30];

    [Theory]
    [InlineData(1, 0.8871)]
    [InlineData(10, 0.9362)]
    public void Diebold_and_Mariano_give_the_p_values_of_the_reference(int horizon, double expected) =>
        ForecastTests.DieboldMariano(Ets, Arima, horizon).PValue.ShouldBe(expected, 1e-4);

    [Fact]
    public void Two_forecasts_that_change_places_change_the_sign_of_the_statistic_alone() =>
        Gen.Select(Errors, Errors, Gen.Int[1, 12]).Sample((left, right, horizon) =>
        {
            var (there, back) =
                (ForecastTests.DieboldMariano(left, right, horizon), ForecastTests.DieboldMariano(right, left, horizon));
            there.Statistic.ShouldBe(-back.Statistic, 1e-9);
            there.PValue.ShouldBe(back.PValue, 1e-9);
            there.PValue.ShouldBeInRange(0, 1);
        });

    [Fact]
    public void Forecasts_that_are_the_same_do_not_differ()
    {
        ForecastTests.DieboldMariano(Ets, Ets).ShouldBe(new TestResult(0, 1));
        Should.Throw<ArgumentException>(() => ForecastTests.DieboldMariano(Ets, [1, 2])).Message.ShouldContain("20 and 2 rows");
    }

    [Fact]
    public void Clark_and_West_give_the_value_that_is_computed_by_hand()
    {
        // f = 1 - (0.25 - 0.25), 4 - (1 - 1), 1 - (4 - 1), 0 - (1 - 1), 4 - (0 - 4) = 1, 4, -2, 0, 8: mean 2.2, variance 12.16.
        var result = ForecastTests.ClarkWest([1, 2, -1, 0, 2], [0, 0, 0, 0, 0], [0.5, 1, 1, 1, 2]);
        result.Statistic.ShouldBe(2.2 / Math.Sqrt(12.16 / 5), 1e-12);
        result.PValue.ShouldBe(1 - Normal.CDF(0, 1, result.Statistic), 1e-12);
    }

    [Fact]
    public void A_larger_model_that_is_right_has_the_statistic_of_its_gain() =>
        Gen.Select(Errors, Gen.Double[0.5, 1]).Sample((target, share) =>
        {
            // f = y^2 - ((1 - s)^2 y^2 - s^2 y^2) = 2 s y^2, whatever the target.
            double[] larger = Array.ConvertAll(target, value => share * value);
            var result = ForecastTests.ClarkWest(target, new double[target.Length], larger);
            result.PValue.ShouldBeLessThan(0.5);
            double[] gains = Array.ConvertAll(target, value => 2 * share * value * value);
            var mean = gains.Average();
            result.Statistic.ShouldBe(mean / Math.Sqrt(gains.Average(gain => (gain - mean) * (gain - mean)) / gains.Length), 1e-6);
        });
}
