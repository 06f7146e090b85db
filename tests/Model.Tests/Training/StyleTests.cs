using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

/// <summary>
/// Every style of network in every engine: whole epochs must agree with autograd on the module in losses and every parameter, and segments
/// must be the whole, to the bit.
/// </summary>
public sealed class StyleTests
{
    private const int Epochs = 3;
    private static readonly TrainingRows Train = SyntheticRows.Create(149);
    private static readonly TrainingRows Validation = SyntheticRows.Create(50, seed: 2);

    public static TheoryData<string> Styles() => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Styles))]
    public void Every_engine_makes_of_a_trial_what_autograd_makes_of_it(string style)
    {
        var options = Known[style];
        using var autograd = Torch(options);
        using var kernels = new SingleTrial(Train, Validation, options);
        using var stacked = Stacked(options, "cpu");
        using var onTwo = Stacked(options, "cpu+cpu");

        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var expected = autograd.RunEpoch().Loss;
            ShouldAgree(kernels.RunEpoch().Loss, expected);
            ShouldAgree(stacked.RunEpoch()[0]!.Loss, expected);
            ShouldAgree(onTwo.RunEpoch()[0]!.Loss, expected);
        }

        ShouldAgree(kernels.Capture(), autograd.Capture());
        ShouldAgree(stacked.Capture(0), autograd.Capture());
        ShouldAgree(onTwo.Capture(0), autograd.Capture());
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void A_trial_in_segments_is_the_whole_trial_to_the_bit(string style)
    {
        var options = Known[style];
        using var kernels = new SingleTrial(Train, Validation, options).RunTo(Epochs);
        using var first = new SingleTrial(Train, Validation, options).RunTo(1);
        using var second = new SingleTrial(Train, Validation, options, Again(first.Capture())).RunTo(Epochs);
        second.Bytes().ShouldBe(kernels.Bytes());

        using var stacked = Stacked(options, "cpu");
        using var head = Stacked(options, "cpu");
        stacked.RunEpoch();
        head.RunEpoch();
        using var tail = Stacked(options, "cpu", Again(head.Capture(0)));
        stacked.RunEpoch();
        tail.RunEpoch();
        Bytes(tail.Capture(0)).ShouldBe(Bytes(stacked.Capture(0)));

        using var plain = Torch(options);
        plain.RunEpoch();
        using var rest = Torch(options, Again(plain.Capture()));
        plain.RunEpoch();
        rest.RunEpoch();
        Bytes(rest.Capture()).ShouldBe(Bytes(plain.Capture()));
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void A_style_makes_another_trial_and_says_so_in_its_checkpoint(string style)
    {
        using var styled = new SingleTrial(Train, Validation, Known[style]).RunTo(1);
        using var usual = new SingleTrial(Train, Validation, Usual).RunTo(1);

        styled.History.Epochs[0].ShouldNotBe(usual.History.Epochs[0]);
        var read = Again(styled.Capture());
        read.Options.ShouldBe(Known[style]);
        read.Options.ShouldNotBe(Usual);
        read.Options.HasShapeOf(Usual).ShouldBeFalse();
        Text(styled.Capture()).ShouldContain("macrocausal-checkpoint/2");
        Should.Throw<ModelFileException>(() => new SingleTrial(Train, Validation, Usual, read)).Message.ShouldContain("another trial");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(37)]
    public void A_skip_path_takes_any_number_of_features(int features)
    {
        var (train, validation) = (SyntheticRows.Create(60, features), SyntheticRows.Create(20, features, seed: 2));
        var options = Usual with { Skip = true, LearningRate = 0.01 };
        using var kernels = new SingleTrial(train, validation, options).RunTo(2);
        using var autograd = new TorchTrainer(train, validation, new TrialStart(options), TrainingDevice.Cpu, TimeProvider.System);
        autograd.RunEpoch();
        autograd.RunEpoch();

        ShouldAgree(kernels.Capture(), autograd.Capture());
        var skip = kernels.Capture().Layout.Skip!.Of(kernels.Capture().State.Parameters).ToArray();
        skip.Length.ShouldBe(features);
        skip[0].ShouldBeGreaterThan(0.01f); // the target rises with the first feature
    }

    [Fact]
    public void A_checkpoint_of_the_usual_style_names_no_style()
    {
        using var usual = new SingleTrial(Train, Validation, Usual).RunTo(1);

        var text = Text(usual.Capture());

        text.ShouldContain("macrocausal-checkpoint/1");
        var options = "{'hiddenLayers':[16,8],'batchSize':16,'learningRate':0.001,'dropout':0.2,'weightDecay':0.0001,"
            + "'seed':5,'patience':100}";
        text.ShouldContain(options.Replace("'", "\\u0022", StringComparison.Ordinal));
    }

    private static TrainingOptions Usual { get; } = SyntheticRows.Options() with { LearningRate = 1e-3 };

    private static Dictionary<string, TrainingOptions> Known { get; } = new()
    {
        ["gelu"] = Usual with { Activation = Activation.Gelu },
        ["silu"] = Usual with { Activation = Activation.Silu, Dropout = 0, HiddenLayers = [50, 33, 7], BatchSize = 37 },
        ["tanh"] = Usual with { Activation = Activation.Tanh, WeightDecay = 0.01 },
        ["selu"] = Usual with { Activation = Activation.Selu, HiddenLayers = [1], BatchSize = 8 },
        ["skip"] = Usual with { Skip = true },
        ["skip, tanh"] = Usual with { Skip = true, Activation = Activation.Tanh, HiddenLayers = [40], BatchSize = 500 },
    };

    private static TorchTrainer Torch(TrainingOptions options, Checkpoint? from = null) =>
        new(Train, Validation, new TrialStart(options, from), TrainingDevice.Cpu, TimeProvider.System);

    // Beside another trial, which must not matter.
    private static TrainingGroup Stacked(TrainingOptions options, string devices, Checkpoint? from = null) => TrainingGroup.Open(
        Train, Validation, [new TrialStart(options, from), new TrialStart(options with { Seed = 6, Dropout = 0.5 })], devices,
        TimeProvider.System, TrainingEngine.Stacked);

    private static Checkpoint Again(Checkpoint checkpoint) => Checkpoint.Read(new MemoryStream(Bytes(checkpoint)));

    private static byte[] Bytes(Checkpoint checkpoint)
    {
        using var stream = new MemoryStream();
        checkpoint.Write(stream);
        return stream.ToArray();
    }

    private static string Text(Checkpoint checkpoint) => System.Text.Encoding.Latin1.GetString(Bytes(checkpoint));

    private static void ShouldAgree(EpochLoss actual, EpochLoss expected)
    {
        actual.Train.ShouldBe(expected.Train, 2e-5 * expected.Train);
        actual.Validation.ShouldBe(expected.Validation, 2e-5 * expected.Validation);
    }

    private static void ShouldAgree(Checkpoint actual, Checkpoint expected)
    {
        var (layout, own, other) = (expected.Layout, actual.State, expected.State);
        own.Step.ShouldBe(other.Step);
        actual.History.BestEpoch.ShouldBe(expected.History.BestEpoch);
        own.Statistics.Length.ShouldBe(other.Statistics.Length);
        own.Statistics.Zip(other.Statistics).ShouldAllBe(
            pair => Math.Abs(pair.First - pair.Second) < 1e-4 * (1 + Math.Abs(pair.Second)));
        Parameters.ShouldAgree(layout, own.Parameters, other.Parameters, 2e-5f);
        foreach (var slot in layout.Parameters)
        {
            var (first, second) = (slot.Of(own.FirstMoment).ToArray(), slot.Of(other.FirstMoment).ToArray());
            var tolerance = 1e-4f * Math.Max(1e-3f, second.Max(Math.Abs));
            first.Zip(second).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= tolerance, slot.Name);
        }
    }
}
