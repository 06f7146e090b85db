using CsCheck;
using MacroCausal.Data.Evaluation;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class ForecastCombinationTests
{
    private static readonly Gen<double[]> Losses = Gen.Double[1e-3, 1e3].Array[1, 6];

    [Fact]
    public void Twice_the_loss_has_a_256th_of_the_share()
    {
        ForecastCombination.Shares([1, 2]).ShouldBe([256 / 257.0, 1 / 257.0], 1e-12);
        ForecastCombination.Shares([3, 3, 3]).ShouldBe([1 / 3.0, 1 / 3.0, 1 / 3.0], 1e-12);
    }

    [Fact]
    public void Shares_sum_to_one_fall_with_the_loss_and_know_no_unit() =>
        Losses.Sample(losses =>
        {
            var shares = ForecastCombination.Shares(losses);

            shares.Sum().ShouldBe(1, 1e-12);
            losses.Zip(shares).OrderBy(member => member.First).Select(member => member.Second).ShouldBeInOrder(SortDirection.Descending);
            ForecastCombination.Shares([.. losses.Select(loss => loss * 7)]).ShouldBe(shares, 1e-12);
        });

    [Fact]
    public void What_is_exact_has_all_and_what_is_no_number_has_nothing()
    {
        ForecastCombination.Shares([0, 1, 0]).ShouldBe([0.5, 0, 0.5]);
        ForecastCombination.Shares([double.NaN, 2, double.PositiveInfinity]).ShouldBe([0, 1, 0]);
        Should.Throw<ArgumentException>(() => ForecastCombination.Shares([double.NaN]));
        Should.Throw<ArgumentException>(() => ForecastCombination.Shares([]));
    }
}
