using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;

namespace MacroCausal.Model.Training;

/// <summary>
/// Whether an engine does on this machine what <see cref="MacroCausalModel"/> defines: both train an epoch of small trials, with
/// a last short batch, dropout and weight decay, and must end alike. Together the trials have every value of every hyperparameter that is
/// a name or is off by default.
/// </summary>
public static class EngineCheck
{
    private const double Tolerance = 1e-3;
    private const int TrainRows = 20;
    private const int ValidationRows = 7;
    private const int Features = 5;

    private static readonly TrainingOptions Usual = new()
    {
        HiddenLayers = [9, 4],
        BatchSize = 8,
        LearningRate = 0.01,
        Dropout = 0.25,
        WeightDecay = 0.01,
        Seed = 1,
        Patience = 1,
    };

    internal static IReadOnlyList<(string Name, TrainingOptions Options)> Trials { get; } =
    [
        ("", Usual),
        (" with gelu, skip, huber, cosine, adamw, a gradient clip and input dropout", Usual with
        {
            Activation = Activation.Gelu,
            Skip = true,
            Loss = TrainingLoss.Huber,
            Schedule = LearningRateSchedule.Cosine,
            MaxEpochs = 1,
            Optimizer = TrainingOptimizer.AdamW,
            GradientClip = 0.2,
            InputDropout = 0.25,
        }),
        (" with silu, mae and oneCycle", Usual with
        {
            Activation = Activation.Silu,
            Loss = TrainingLoss.Mae,
            Schedule = LearningRateSchedule.OneCycle,
            MaxEpochs = 1,
        }),
        (" with tanh", Usual with { Activation = Activation.Tanh }),
        (" with selu", Usual with { Activation = Activation.Selu }),
    ];

    /// <summary>
    /// Compares an engine with the module on the processor; the engine <c>torch</c>, which is the module, with the processor's kernels.
    /// Loads torch.
    /// </summary>
    /// <param name="engine">As <see cref="TrainingEngine.Resolve"/> gives it.</param>
    /// <param name="device">As <see cref="TrainingDevice.Resolve"/> gives it.</param>
    /// <exception cref="InvalidOperationException">They differ; the message says in what.</exception>
    public static void Run(string engine, string device)
    {
        var other = engine == TrainingEngine.Torch ? TrainingEngine.Cpu : TrainingEngine.Torch;
        foreach (var (name, options) in Trials)
        {
            Compare(
                $"Engine \"{engine}\" on \"{device}\"{name}", Train(engine, device, options), Train(other, TrainingDevice.Cpu, options));
        }
    }

    internal static Checkpoint Train(string engine, string device, TrainingOptions? options = null)
    {
        var (train, validation, start) = (Rows(TrainRows, 0), Rows(ValidationRows, TrainRows), new TrialStart(options ?? Usual));
        if (engine == TrainingEngine.Stacked)
        {
            using var group = TrainingGroup.Open(train, validation, [start], device, TimeProvider.System, engine);
            group.RunEpoch();
            return group.Capture(0);
        }

        using ITrialTrainer trainer = engine == TrainingEngine.Torch
            ? new TorchTrainer(train, validation, start, device, TimeProvider.System)
            : new CpuTrainer(train, validation, start, TimeProvider.System);
        trainer.RunEpoch();
        return trainer.Capture();
    }

    internal static void Compare(string engine, Checkpoint actual, Checkpoint expected)
    {
        var (own, other) = (actual.History.Epochs[^1], expected.History.Epochs[^1]);
        Compare(engine, "training loss", [(float)own.Train], [(float)other.Train]);
        Compare(engine, "validation loss", [(float)own.Validation], [(float)other.Validation]);
        Compare(engine, "parameters", actual.State.Parameters, expected.State.Parameters);
        Compare(engine, "batch statistics", actual.State.Statistics, expected.State.Statistics);
        Compare(engine, "first moments of Adam", actual.State.FirstMoment, expected.State.FirstMoment);
        Compare(engine, "second moments of Adam", actual.State.SecondMoment, expected.State.SecondMoment);
    }

    // By their mean: where a gradient is nearly zero, rounding decides the direction of Adam's first steps.
    private static void Compare(string engine, string what, float[] actual, float[] expected)
    {
        var difference = actual.Zip(expected, (own, other) => Math.Abs((double)own - other)).Average()
            / expected.Average(value => Math.Abs((double)value));
        if (!(difference <= Tolerance))
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"{engine} trains wrongly: its {what} differ from those of MacroCausalModel by {difference:P2}; ")
                + "use another engine (TrialRunner__Engine), and report this machine's processor and devices.");
        }
    }

    private static TrainingRows Rows(int count, int first)
    {
        var x = Enumerable.Range(first * Features, count * Features).Select(cell => MathF.Sin(1 + 0.7f * cell)).ToArray();
        var y = Enumerable.Range(0, count).Select(row => x[row * Features] - 0.5f * x[row * Features + 1]).ToArray();
        return new TrainingRows(x, y, Features);
    }
}
