using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Tests.Networks;

public sealed class NetworkLayoutTests
{
    [Fact]
    public void Tensors_have_PyTorchs_names_and_lie_end_to_end()
    {
        var layout = new NetworkLayout(3, [4, 2]);

        layout.Parameters.Select(slot => slot.Name).ShouldBe(
        [
            "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "layers.4.weight",
            "layers.4.bias", "layers.5.weight", "layers.5.bias",
            "layers.8.weight", "layers.8.bias",
        ]);
        layout.Statistics.Select(slot => slot.Name).ShouldBe(
            ["layers.1.running_mean", "layers.1.running_var", "layers.5.running_mean", "layers.5.running_var"]);
        layout.Parameters.Select(slot => slot.Offset).ShouldBe([0, 12, 16, 20, 24, 32, 34, 36, 38, 40]);
        (layout.ParameterCount, layout.StatisticCount).ShouldBe((41, 12));
    }

    [Fact]
    public void First_weights_are_uniform_within_one_over_the_root_of_the_fan_in()
    {
        var layout = new NetworkLayout(100, [64, 25]);
        var (values, statistics) = WeightInitializer.Of(layout, seed: 7);

        foreach (var (weight, bias, bound) in new[] { (0, 1, 0.1), (4, 5, 0.125), (8, 9, 0.2) })
        {
            var drawn = Values(weight).Concat(Values(bias)).Select(value => (double)value).ToArray();
            drawn.Max(Math.Abs).ShouldBeInRange(0.85 * bound, bound);
            Values(weight).Average(value => (double)value).ShouldBe(0, 0.5 * bound);
        }

        Values(2).ShouldAllBe(value => value == 1);
        Values(3).ShouldAllBe(value => value == 0);
        statistics.Count(value => value == 1).ShouldBe(64 + 25);

        float[] Values(int slot) => values.AsSpan(layout.Parameters[slot].Offset, layout.Parameters[slot].Length).ToArray();
    }

    [Theory]
    [InlineData(0, new[] { 4 })]
    [InlineData(3, new int[0])]
    [InlineData(3, new[] { 4, 0 })]
    [InlineData(3, new[] { 100_000, 100_000 })]
    public void A_network_that_cannot_be_is_refused(int features, int[] hidden) =>
        Should.Throw<ArgumentException>(() => new NetworkLayout(features, hidden));
}
