using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

public sealed class EngineCheckTests
{
    [Theory]
    [InlineData(TrainingEngine.Cpu, "cpu")]
    [InlineData(TrainingEngine.Torch, "cpu")]
    [InlineData(TrainingEngine.Stacked, "cpu")]
    [InlineData(TrainingEngine.Stacked, "cpu+cpu")]
    public void Every_engine_passes(string engine, string device) => EngineCheck.Run(engine, device);

    [Fact]
    public void Its_trials_have_every_value_together()
    {
        void ShouldBeAll<T>(Func<TrainingOptions, T> value)
            where T : struct, Enum => EngineCheck.Trials.Select(trial => value(trial.Options)).Distinct().Order()
            .ShouldBe(Enum.GetValues<T>());

        ShouldBeAll(options => options.Activation);
        ShouldBeAll(options => options.Loss);
        ShouldBeAll(options => options.Schedule);
        ShouldBeAll(options => options.Optimizer);
        EngineCheck.Trials.ShouldContain(trial => trial.Options.Skip && trial.Options.GradientClip > 0 && trial.Options.InputDropout > 0);
        EngineCheck.Trials[0].Options.Style.ShouldBe(NetworkStyle.Default);
        EngineCheck.Trials[0].Options.HasUsualSteps.ShouldBeTrue();
    }

    [Theory]
    [InlineData("training loss")]
    [InlineData("validation loss")]
    [InlineData("parameters")]
    [InlineData("batch statistics")]
    [InlineData("first moments of Adam")]
    [InlineData("second moments of Adam")]
    public void An_engine_that_is_wrong_in_one_thing_fails_by_its_name(string what)
    {
        var right = EngineCheck.Train(TrainingEngine.Cpu, TrainingDevice.Cpu);

        var failure = Should.Throw<InvalidOperationException>(() => EngineCheck.Compare("Engine \"x\"", Wrong(right, what), right));

        failure.Message.ShouldStartWith($"Engine \"x\" trains wrongly: its {what} differ");
    }

    [Fact]
    public void No_number_is_never_right()
    {
        var right = EngineCheck.Train(TrainingEngine.Cpu, TrainingDevice.Cpu);
        var wrong = With(right, right.State, right.History.Epochs[0] with { Train = double.NaN });

        Should.Throw<InvalidOperationException>(() => EngineCheck.Compare("", wrong, right)).Message.ShouldContain("training loss");
    }

    [Theory]
    [InlineData("auto", "cpu", "cpu")]
    [InlineData("auto", "cuda", "stacked")]
    [InlineData("auto", "cpu+cpu", "stacked")]
    [InlineData("torch", "cuda:1", "torch")]
    [InlineData("stacked", "cpu", "stacked")]
    public void An_engine_follows_from_the_device_where_none_is_named(string engine, string device, string resolved) =>
        TrainingEngine.Resolve(engine, device).ShouldBe(resolved);

    [Theory]
    [InlineData("cpu", "cuda", "trains on the processor")]
    [InlineData("cpu", "cpu+cpu", "trains on the processor")]
    [InlineData("torch", "cuda:0+cuda:1", "trains on one device")]
    [InlineData("jax", "cpu", "not known")]
    public void An_engine_that_cannot_train_there_is_refused(string engine, string device, string reason) =>
        Should.Throw<ArgumentException>(() => TrainingEngine.Resolve(engine, device)).Message.ShouldContain(reason);

    private static Checkpoint Wrong(Checkpoint right, string what)
    {
        var (state, loss) = (right.State, right.History.Epochs[0]);
        return what switch
        {
            "training loss" => With(right, state, loss with { Train = loss.Train * 1.01 }),
            "validation loss" => With(right, state, loss with { Validation = loss.Validation * 0.99 }),
            "parameters" => With(right, state with { Parameters = Off(state.Parameters) }, loss),
            "batch statistics" => With(right, state with { Statistics = Off(state.Statistics) }, loss),
            "first moments of Adam" => With(right, state with { FirstMoment = Off(state.FirstMoment) }, loss),
            _ => With(right, state with { SecondMoment = Off(state.SecondMoment) }, loss),
        };
    }

    private static Checkpoint With(Checkpoint right, TrialState state, EpochLoss loss) =>
        new(right.Layout, right.Options, new TrainingHistory([loss]), state, right.Engines);

    private static float[] Off(float[] values) => [.. values.Select(value => value * 1.01f)];
}
