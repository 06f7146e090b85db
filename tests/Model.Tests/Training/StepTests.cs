using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using static MacroCausal.Model.Tests.Training.EveryEngine;

namespace MacroCausal.Model.Tests.Training;

/// <summary>Every way to step in every engine: what is minimised, how far, and how.</summary>
public sealed class StepTests
{
    public static TheoryData<string> Ways() => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Every_engine_makes_of_a_trial_what_autograd_makes_of_it(string way) =>
        ShouldMakeWhatAutogradMakes(Known[way], UsualOf(way));

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_trial_in_segments_is_the_whole_trial_to_the_bit(string way) =>
        ShouldMakeTheSameInSegments(Known[way], UsualOf(way));

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_trial_is_the_same_in_a_group_whatever_the_others_minimise(string way)
    {
        var usual = UsualOf(way);
        using var among = TrainingGroup.Open(
            Train, Validation, [new TrialStart(usual), .. Alike(way).Select(own => new TrialStart(own))], TrainingDevice.Cpu,
            TimeProvider.System, TrainingEngine.Stacked);
        using var alone = TrainingGroup.Open(
            Train, Validation, [new TrialStart(usual), new TrialStart(usual with { Seed = 8 })], TrainingDevice.Cpu, TimeProvider.System,
            TrainingEngine.Stacked);
        using var kernels = new SingleTrial(Train, Validation, Known[way]).RunTo(2);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            among.RunEpoch();
            alone.RunEpoch();
        }

        ShouldAgree(among.Capture(0), alone.Capture(0));
        ShouldAgree(among.Capture(1), kernels.Capture());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Other_steps_make_another_trial_and_say_so_in_its_checkpoint(string way)
    {
        var (options, usual) = (Known[way], UsualOf(way));
        using var other = new SingleTrial(Train, Validation, options).RunTo(1);
        using var kernels = new SingleTrial(Train, Validation, usual).RunTo(1);

        other.Capture().State.Parameters.ShouldNotBe(kernels.Capture().State.Parameters);
        var read = Again(other.Capture());
        read.Options.ShouldBe(options);
        read.Options.ShouldNotBe(usual);
        read.Options.HasShapeOf(usual).ShouldBeTrue();
        Text(other.Capture()).ShouldContain("macrocausal-checkpoint/3");
        Should.Throw<ModelFileException>(() => new SingleTrial(Train, Validation, usual, read)).Message.ShouldContain("another trial");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(37)]
    public void Features_of_any_number_are_silenced_the_same_in_every_engine(int features)
    {
        var (train, validation) = (SyntheticRows.Create(60, features), SyntheticRows.Create(20, features, seed: 2));
        var options = Usual with { InputDropout = 0.4, Skip = true };
        using var kernels = new SingleTrial(train, validation, options).RunTo(2);
        using var autograd = new TorchTrainer(train, validation, new TrialStart(options), TrainingDevice.Cpu, TimeProvider.System);
        autograd.RunEpoch();
        autograd.RunEpoch();

        ShouldAgree(kernels.Capture(), autograd.Capture());
    }

    [Theory]
    [InlineData(LearningRateSchedule.Constant, 0.7, 1)]
    [InlineData(LearningRateSchedule.Cosine, 0, 1)]
    [InlineData(LearningRateSchedule.Cosine, 1.0 / 3, 0.75)]
    [InlineData(LearningRateSchedule.Cosine, 0.5, 0.5)]
    [InlineData(LearningRateSchedule.Cosine, 1, 0)]
    [InlineData(LearningRateSchedule.OneCycle, 0, 0.04)]
    [InlineData(LearningRateSchedule.OneCycle, 0.15, 0.52)]
    [InlineData(LearningRateSchedule.OneCycle, 0.3, 1)]
    [InlineData(LearningRateSchedule.OneCycle, 0.65, 0.500002)]
    [InlineData(LearningRateSchedule.OneCycle, 1, 4e-6)]
    public void A_schedule_multiplies_the_learning_rate(LearningRateSchedule schedule, double done, double factor) =>
        schedule.Factor(done).ShouldBe(factor, 1e-12);

    [Fact]
    public void A_schedule_goes_over_the_maximum_number_of_epochs_and_stays_at_its_end()
    {
        var cosine = Usual with { Schedule = LearningRateSchedule.Cosine, MaxEpochs = 3, LearningRate = 0.4 };

        cosine.LearningRateAt(1).ShouldBe(0.3, 1e-12);
        cosine.LearningRateAt(1.5).ShouldBe(0.2, 1e-12);
        cosine.LearningRateAt(7).ShouldBe(0);
        Usual.LearningRateAt(7).ShouldBe(Usual.LearningRate);
    }

    [Fact]
    public void A_step_size_of_zero_leaves_the_weights_where_they_are()
    {
        var over = Usual with { Schedule = LearningRateSchedule.Cosine, MaxEpochs = 1 };
        using var kernels = new SingleTrial(Train, Validation, over).RunTo(1);
        var before = kernels.Capture().State.Parameters;

        kernels.RunTo(2).Capture().State.Parameters.ShouldBe(before);
    }

    [Theory]
    [InlineData(LearningRateSchedule.Cosine, 0, "1 or more with a schedule")]
    [InlineData(LearningRateSchedule.Constant, 9, "0 without")]
    [InlineData((LearningRateSchedule)9, 9, "constant, cosine or oneCycle")]
    public void A_schedule_without_its_end_is_refused(LearningRateSchedule schedule, int maxEpochs, string reason) =>
        Should.Throw<ArgumentException>(
            (Usual with { Schedule = schedule, MaxEpochs = maxEpochs }).Validate).Message.ShouldContain(reason);

    private static TrainingOptions Usual { get; } = SyntheticRows.Options() with { LearningRate = 1e-3 };

    private static Dictionary<string, TrainingOptions> Known { get; } = new()
    {
        ["mae"] = Usual with { Loss = TrainingLoss.Mae },
        ["huber"] = Usual with { Loss = TrainingLoss.Huber },
        ["huber, skip"] = Usual with { Loss = TrainingLoss.Huber, Skip = true },
        ["cosine"] = Usual with { Schedule = LearningRateSchedule.Cosine, MaxEpochs = 4 },
        ["one cycle"] = Usual with { Schedule = LearningRateSchedule.OneCycle, MaxEpochs = 3 },
        ["adamw"] = Usual with { Optimizer = TrainingOptimizer.AdamW, WeightDecay = 0.3 },
        ["clip"] = Usual with { GradientClip = 0.5 },
        ["input dropout"] = Usual with { InputDropout = 0.3 },
        ["input dropout, skip"] = Usual with { InputDropout = 0.5, Dropout = 0, Skip = true, Activation = Activation.Tanh },
        ["all"] = Usual with
        {
            InputDropout = 0.1,
            Loss = TrainingLoss.Huber,
            Schedule = LearningRateSchedule.Cosine,
            MaxEpochs = 4,
            Optimizer = TrainingOptimizer.AdamW,
            WeightDecay = 0.5,
            GradientClip = 0.2,
        },
    };

    // A trial of the same shape with the usual steps.
    private static TrainingOptions UsualOf(string way) => Usual with { Skip = Known[way].Skip, Activation = Known[way].Activation };

    // The way, and every other one that fits into its group.
    private static IEnumerable<TrainingOptions> Alike(string way) =>
        [Known[way], .. Known.Where(other => other.Key != way && other.Value.HasShapeOf(Known[way])).Select(other => other.Value)];
}
