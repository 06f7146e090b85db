using System.Text.Json;
using MacroCausal.Bench.Search;

namespace MacroCausal.Bench.Tests.Search;

public sealed class TestFunctionsTests
{
    [Theory]
    [InlineData(-Math.PI, 12.275)]
    [InlineData(Math.PI, 2.275)]
    [InlineData(9.42478, 2.475)]
    public void Branin_has_its_three_minima(double x, double y) =>
        At(TestFunctions.Branin, x, y).ShouldBe(TestFunctions.Branin.Minimum, 1e-6);

    [Fact]
    public void Branin_is_larger_elsewhere() => At(TestFunctions.Branin, 0, 0).ShouldBe(55.602, 1e-3);

    [Fact]
    public void Hartmann_has_its_minimum() =>
        At(TestFunctions.Hartmann6, 0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573)
            .ShouldBe(TestFunctions.Hartmann6.Minimum, 1e-6);

    private static double At(TestFunction function, params double[] point) =>
        function.Value(function.Space.Locate(point
            .Select((value, axis) => (axis, value))
            .ToDictionary(pair => $"x{pair.axis + 1}", pair => JsonSerializer.SerializeToElement(pair.value))));
}
