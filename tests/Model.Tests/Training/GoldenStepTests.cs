using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Tests.Training;

public sealed class GoldenStepTests
{
    private const double Rounding = 2e-6;
    private static readonly NetworkLayout Layout = new(3, [4, 3]);

    private static readonly TrainingOptions Options = new()
    {
        HiddenLayers = [4, 3],
        BatchSize = 5,
        LearningRate = 0.01,
        WeightDecay = 0.1,
        Dropout = 0,
        Seed = 0,
        Patience = 1,
    };

    [Fact]
    public void The_first_forward_pass_and_its_gradient_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var (x, y) = Batch();

        var output = model.Forward(x, training: true);
        var gradient = autograd.grad([nn.functional.mse_loss(output, y)], [model.Parameters])[0];

        ShouldEqual(Flat.Read(output), TorchFigures.Forward);
        ShouldEqual(Flat.Read(gradient), TorchFigures.Gradient);
    }

    [Fact]
    public void Five_steps_of_Adam_with_weight_decay_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        using var adam = Adam.Start(Layout.ParameterCount, CPU);
        using var step = new TrainingStep(model, adam, Options, 5);
        var (x, y) = Batch();

        var losses = Enumerable.Range(0, 5).Select(_ => (float)step.Step(x, y, null)).ToArray();

        ShouldEqual(losses, TorchFigures.Losses);
        ShouldEqual(Flat.Read(model.Parameters), TorchFigures.Parameters);
        ShouldEqual(Flat.Read(model.Statistics), TorchFigures.Statistics);
        ShouldEqual(Flat.Read(model.Forward(x, training: false)), TorchFigures.Prediction);
    }

    private static MacroCausalModel Model()
    {
        var parameters = Enumerable.Range(0, Layout.ParameterCount).Select(i => (float)(0.8 * Math.Sin(1 + 0.7 * i))).ToArray();
        return MacroCausalModel.Load(Layout, parameters, [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1], CPU);
    }

    private static (Tensor X, Tensor Y) Batch() => (
        tensor(Enumerable.Range(0, 15).Select(k => (float)Math.Cos(0.2 + 0.9 * k)).ToArray()).view(5, 3),
        tensor(Enumerable.Range(0, 5).Select(k => (float)Math.Sin(0.5 + 1.3 * k)).ToArray()));

    private static void ShouldEqual(float[] actual, float[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var index = 0; index < expected.Length; index++)
            ((double)actual[index]).ShouldBe(expected[index], Rounding, $"element {index}");
    }
}
