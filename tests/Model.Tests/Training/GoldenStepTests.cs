using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

/// <summary>Against figures of PyTorch itself, which nothing here computed.</summary>
public sealed unsafe class GoldenStepTests : IDisposable
{
    private const double Rounding = 2e-6;
    private const int Rows = 5;
    private static readonly NetworkLayout Network = new(3, [4, 3]);
    private static readonly float[] X = [.. Enumerable.Range(0, 15).Select(k => (float)Math.Cos(0.2 + 0.9 * k))];
    private static readonly float[] Y = [.. Enumerable.Range(0, Rows).Select(k => (float)Math.Sin(0.5 + 1.3 * k))];

    private readonly PaddedLayout _layout = new(Network);
    private readonly CpuWorkspace _work;
    private DropoutStream _dropout = new(new TrialRandom(0, Purpose.Dropout, 1), 0);

    public GoldenStepTests() => _work = new CpuWorkspace(_layout, Rows);

    [Fact]
    public void The_first_forward_pass_is_PyTorchs()
    {
        using var trial = Trial(weightDecay: 0.1);

        Step(trial);

        ShouldEqual([.. Enumerable.Range(0, Rows).Select(row => _work.Error[row] + Y[row])], TorchFigures.Forward);
    }

    [Fact]
    public void The_first_gradient_is_PyTorchs()
    {
        using var trial = Trial(weightDecay: 0);

        Step(trial);

        ShouldEqual([.. trial.Capture().FirstMoment.Select(moment => moment / 0.1f)], TorchFigures.Gradient);
    }

    [Fact]
    public void Five_steps_of_Adam_with_weight_decay_are_PyTorchs()
    {
        using var trial = Trial(weightDecay: 0.1);

        var losses = Enumerable.Range(0, 5).Select(_ => (float)Step(trial)).ToArray();

        ShouldEqual(losses, TorchFigures.Losses);
        ShouldEqual(trial.Capture().Parameters, TorchFigures.Parameters);
        ShouldEqual(trial.Capture().Statistics, TorchFigures.Statistics);
    }

    [Fact]
    public void What_is_predicted_after_them_is_PyTorchs()
    {
        using var trial = Trial(weightDecay: 0.1);
        for (var step = 0; step < 5; step++)
        {
            Step(trial);
        }

        new CpuStep(_layout, _work).Evaluate(trial, new TrainingRows(X, new float[Rows], 3));

        ShouldEqual([.. Enumerable.Range(0, Rows).Select(row => _work.Error[row])], TorchFigures.Prediction);
    }

    public void Dispose() => _work.Dispose();

    private CpuTrial Trial(double weightDecay)
    {
        var options = new TrainingOptions
        {
            HiddenLayers = [
            4, 3],
            BatchSize = Rows,
            LearningRate = 0.01,
            WeightDecay = weightDecay,
            Dropout = 0,
            Seed = 0,
            Patience = 1
        };
        var parameters = Enumerable.Range(0, Network.ParameterCount).Select(i => (float)(0.8 * Math.Sin(1 + 0.7 * i))).ToArray();
        return new CpuTrial(_layout, options, TrialState.Initial(Network, 0) with { Parameters = parameters });
    }

    private double Step(CpuTrial trial)
    {
        X.CopyTo(new Span<float>(_work.Input, X.Length));
        Y.CopyTo(new Span<float>(_work.Error, Rows));
        return new CpuStep(_layout, _work).Step(trial, Rows, ref _dropout) / Rows;
    }

    private static void ShouldEqual(float[] actual, float[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var index = 0; index < expected.Length; index++)
        {
            ((double)actual[index]).ShouldBe(expected[index], Rounding, $"element {index}");
        }
    }
}
