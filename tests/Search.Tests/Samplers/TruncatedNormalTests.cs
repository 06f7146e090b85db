using CsCheck;
using MacroCausal.Search.Samplers;

namespace MacroCausal.Search.Tests.Samplers;

public sealed class TruncatedNormalTests
{
    [Fact]
    public void The_quantile_undoes_the_mass_wherever_the_interval_lies() =>
        Gen.Select(Gen.Double[-500, 500], Gen.Double[0.01, 30], Gen.Double[0.01, 10], Gen.Double[1e-9, 1 - 1e-9])
            .Sample((low, width, sigma, q) =>
            {
                var normal = new TruncatedNormal(0, sigma, low, low + width);
                var x = normal.Quantile(q);
                x.ShouldBeInRange(low, low + width);
                // Ten roundings of the point, which its density turns into probability, and of the logarithm of the mass, large far
                // out in a tail.
                var point = Math.Max(Math.Abs(x), 1) * Math.Exp(normal.LogDensity(x));
                var slack = 1e-9 + (10 * 2.2e-16 * (point + Math.Abs(normal.LogTotal)));
                Math.Exp(normal.LogMass(low, x)).ShouldBe(q, slack);
            });

    [Fact]
    public void Quantiles_keep_tiny_shares_apart()
    {
        var normal = new TruncatedNormal(0, 1, -50, 50);
        // Phi^-1 of mpmath.
        normal.Quantile(1e-300).ShouldBe(-37.0470962993612, 1e-10);
        normal.Quantile(1e-20).ShouldBe(-9.26234008979841, 1e-12);
        normal.Quantile(0.5).ShouldBe(0, 1e-15);
        normal.Quantile(0.975).ShouldBe(1.95996398454005, 1e-13);
    }

    [Fact]
    public void A_density_integrates_to_one() =>
        Gen.Select(Gen.Double[-8, 8], Gen.Double[0.3, 4]).Sample((mean, sigma) =>
        {
            var normal = new TruncatedNormal(mean, sigma, -1, 1);
            Enumerable.Range(0, 2000).Sum(index => Math.Exp(normal.LogDensity(-1 + ((index + 0.5) / 1000))) / 1000).ShouldBe(1, 1e-3);
        });

    [Fact]
    public void The_ends_are_the_extreme_quantiles()
    {
        var normal = new TruncatedNormal(100, 1, 0, 1);
        normal.Quantile(0).ShouldBe(0);
        normal.Quantile(1).ShouldBe(1);
    }
}
