using CsCheck;
using MacroCausal.Reporting.Statistics;
using MacroCausal.TestKit;

namespace MacroCausal.Reporting.Tests.Statistics;

public sealed class AutocorrelationTests
{
    [Fact]
    public void The_numbers_from_1_to_10_have_the_correlations_of_the_textbook()
    {
        // statsmodels.tsa.stattools.acf(range(1, 11)): 1, 0.7, 0.41212121, ...
        var found = Autocorrelation.Of([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])!;

        found.ByLag.Count.ShouldBe(2);
        found.ByLag[0].ShouldBe(0.7, 1e-12);
        found.ByLag[1].ShouldBe(0.41212121212121, 1e-12);
        found.Bound.ShouldBe(1.96 / Math.Sqrt(10), 1e-4);
        // Q = 120 (0.49 / 9 + 0.16984 / 8) = 9.0810; of chi-squared with 2 degrees exp(-Q / 2) lies above.
        found.PValue.ShouldBe(Math.Exp(-0.5 * 120 * ((0.49 / 9) + (0.41212121212121 * 0.41212121212121 / 8))), 1e-9);
    }

    [Fact]
    public void A_series_that_follows_itself_is_found_and_noise_is_not()
    {
        var noise = Enumerable.Range(0, 400).Select(row => SeededRandom.Normal(2, 0, 0, row)).ToArray();
        var follows = new double[400];
        for (var row = 1; row < 400; row++)
        {
            follows[row] = (0.6 * follows[row - 1]) + noise[row];
        }

        Autocorrelation.Of([noise])!.PValue.ShouldBeGreaterThan(0.01);
        var found = Autocorrelation.Of([follows])!;
        found.PValue.ShouldBeLessThan(1e-6);
        found.ByLag[0].ShouldBe(0.6, 0.1);
        found.ByLag[1].ShouldBe(0.36, 0.12);
    }

    [Fact]
    public void Series_of_their_own_are_not_correlated_across_their_border()
    {
        double[] series = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];

        var once = Autocorrelation.Of([series])!;
        var twice = Autocorrelation.Of([series, series])!;

        twice.ByLag[0].ShouldBe(once.ByLag[0], 1e-12);
    }

    [Fact]
    public void A_correlation_is_from_minus_1_to_1() => Gen.Double[-1e3, 1e3].Array[8, 80].Sample(series =>
        Autocorrelation.Of([series])!.ByLag.All(value => double.IsNaN(value) || Math.Abs(value) <= 1 + 1e-9));

    [Fact]
    public void A_few_rows_have_none() => Autocorrelation.Of([[1, 2, 3]]).ShouldBeNull();
}
