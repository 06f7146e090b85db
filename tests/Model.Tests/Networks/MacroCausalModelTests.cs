using MacroCausal.Model.Networks;
using MacroCausal.Model.Tests.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Tests.Networks;

public sealed class MacroCausalModelTests
{
    /// <summary>
    /// The network of <see cref="GoldenStepTests"/>, with the parameters and statistics that PyTorch has after five steps.
    /// </summary>
    [Fact]
    public void A_network_predicts_what_PyTorch_does_with_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        using var model = MacroCausalModel.Load(new NetworkLayout(3, [4, 3]), TorchFigures.Parameters, TorchFigures.Statistics, CPU);
        var x = tensor(Enumerable.Range(0, 15).Select(k => (float)Math.Cos(0.2 + 0.9 * k)).ToArray()).view(5, 3);

        var predictions = Flat.Read(model.Forward(x));

        predictions.Length.ShouldBe(5);
        predictions.Zip(TorchFigures.Prediction).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 2e-6);
    }

    [Fact]
    public void The_layers_parts_are_applied_in_their_order()
    {
        // One unit a layer: z = 2 x + 1; normalised by mean 3 and variance 4; 5 times that, minus 1; ReLU; then -3 times that, plus 7.
        var layout = new NetworkLayout(1, [1]);
        using var scope = NewDisposeScope();
        using var model = MacroCausalModel.Load(layout, [2, 1, 5, -1, -3, 7], [3, 4 - 1e-5f], CPU);

        var predictions = Flat.Read(model.Forward(tensor(new[] { 4f, -10f }).view(2, 1)));

        ((double)predictions[0]).ShouldBe(-3 * (5 * (9 - 3) / 2.0 - 1) + 7, 1e-4);
        ((double)predictions[1]).ShouldBe(7, 1e-6);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    public void Weights_of_another_shape_are_refused(int parameters, int statistics)
    {
        var layout = new NetworkLayout(3, [4, 2]);

        Should.Throw<ArgumentException>(() => MacroCausalModel.Load(
            layout, new float[layout.ParameterCount + parameters], new float[layout.StatisticCount + statistics], CPU))
            .Message.ShouldContain("do not fit");
    }
}
