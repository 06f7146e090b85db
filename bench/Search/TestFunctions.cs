using MacroCausal.Search.Spaces;

namespace MacroCausal.Bench.Search;

/// <summary>A function to minimise, and its minimum.</summary>
internal sealed record TestFunction(
    string Name, MacroCausal.Search.Spaces.SearchSpace Space, Func<Configuration, double> Value, double Minimum);

/// <summary>
/// Two old acquaintances (Dixon, Szegö, "The global optimization problem", 1978); parameters as in
/// https://www.sfu.ca/~ssurjano/optimization.html
/// </summary>
internal static class TestFunctions
{
    private static readonly double[] Weights = [1.0, 1.2, 3.0, 3.2];

    private static readonly double[][] Scales =
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ];

    private static readonly double[][] Centres =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    private static readonly string[] Axes = ["x1", "x2", "x3", "x4", "x5", "x6"];

    /// <summary>Two dimensions, three equal minima.</summary>
    public static TestFunction Branin { get; } = new(
        "Branin",
        MacroCausal.Search.Spaces.SearchSpace.Create(new Uniform(Axes[0], -5, 10), new Uniform(Axes[1], 0, 15)),
        point => BraninAt(point.Number(Axes[0]), point.Number(Axes[1])),
        0.39788735772973816);

    /// <summary>Six dimensions, six minima, one of them the lowest.</summary>
    public static TestFunction Hartmann6 { get; } = new(
        "Hartmann-6",
        MacroCausal.Search.Spaces.SearchSpace.Create(Axes.Select(axis => new Uniform(axis, 0, 1))),
        point => Hartmann6At([.. Axes.Select(point.Number)]),
        -3.3223680114155156);

    private static double BraninAt(double x, double y)
    {
        var curve = y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6;
        return (curve * curve) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;
    }

    private static double Hartmann6At(double[] x) =>
        -Weights.Select((weight, hill) => weight
            * Math.Exp(-x.Select((value, axis) => Scales[hill][axis] * Math.Pow(value - Centres[hill][axis], 2)).Sum())).Sum();
}
