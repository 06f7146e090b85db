using MacroCausal.Search.Samplers;
using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Tests.Samplers;

/// <summary>On two classic functions, over 30 seeds, with the same startup trials for both.</summary>
public sealed class TpeBeatsRandomTests
{
    private const int Seeds = 30;

    private static readonly double[][] HartmannA =
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];

    private static readonly double[][] HartmannP =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    private static readonly double[] HartmannAlpha = [1, 1.2, 3, 3.2];

    [Fact]
    public void The_functions_have_their_known_minima()
    {
        BraninOf(Math.PI, 2.275).ShouldBe(0.397887, 1e-5);
        HartmannOf([0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]).ShouldBe(-3.32237, 1e-4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void On_Branin(bool multivariate) =>
        ShouldWin(
            multivariate, SearchSpace.Create(new Uniform("x", -5, 10), new Uniform("y", 0, 15)),
            at => BraninOf(at.Number("x"), at.Number("y")), 60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void On_Hartmann_in_six_dimensions(bool multivariate) =>
        ShouldWin(
            multivariate, SearchSpace.Create(Enumerable.Range(0, 6).Select(index => new Uniform($"x{index}", 0, 1))),
            at => HartmannOf(at.Values), 100);

    private static void ShouldWin(bool multivariate, SearchSpace space, Func<Configuration, double> function, int trials)
    {
        var tpe = new TpeSampler(new TpeOptions { Multivariate = multivariate });
        var random = new RandomSampler();
        var results = Enumerable.Range(0, Seeds)
            .Select(seed => (Tpe: Best(tpe, space, function, trials, seed), Random: Best(random, space, function, trials, seed))).ToList();
        results.Count(result => result.Tpe < result.Random).ShouldBeGreaterThanOrEqualTo(24, Describe());
        results.Average(result => result.Tpe).ShouldBeLessThan(results.Average(result => result.Random), Describe());

        string Describe() => $"{results.Count(result => result.Tpe < result.Random)} of {Seeds} won, "
            + $"means {results.Average(result => result.Tpe)} and {results.Average(result => result.Random)}";
    }

    private static double Best(ISampler sampler, SearchSpace space, Func<Configuration, double> function, int trials, int seed)
    {
        var history = new History(space);
        var best = double.PositiveInfinity;
        for (var trial = 0; trial < trials; trial++)
        {
            var configuration = sampler.Sample(history, unchecked((ulong)TrialSeed.Of(seed, trial)));
            var loss = function(configuration);
            history.Add(trial, configuration);
            history.Observe(trial, History.Finished, loss);
            best = Math.Min(best, loss);
        }

        return best;
    }

    private static double BraninOf(double x, double y) =>
        Math.Pow(y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6, 2)
        + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;

    private static double HartmannOf(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        for (var row = 0; row < 4; row++)
        {
            var exponent = 0.0;
            for (var column = 0; column < 6; column++) exponent += HartmannA[row][column] * Math.Pow(x[column] - HartmannP[row][column], 2);
            sum -= HartmannAlpha[row] * Math.Exp(-exponent);
        }

        return sum;
    }
}
