using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using static MacroCausal.Model.Tests.Training.EveryEngine;

namespace MacroCausal.Model.Tests.Training;

/// <summary>
/// Every style of network in every engine: whole epochs must agree with autograd on the module in losses and every parameter, and segments
/// must be the whole, to the bit.
/// </summary>
public sealed class StyleTests
{

    public static TheoryData<string> Styles() => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Styles))]
    public void Every_engine_makes_of_a_trial_what_autograd_makes_of_it(string style) =>
        EveryEngine.ShouldMakeWhatAutogradMakes(Known[style], Beside(style));

    [Theory]
    [MemberData(nameof(Styles))]
    public void A_trial_in_segments_is_the_whole_trial_to_the_bit(string style) =>
        EveryEngine.ShouldMakeTheSameInSegments(Known[style], Beside(style));

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

    // Beside another trial, which must not matter.
    private static TrainingOptions Beside(string style) => Known[style] with { Seed = 6, Dropout = 0.5 };

    private static Dictionary<string, TrainingOptions> Known { get; } = new()
    {
        ["gelu"] = Usual with { Activation = Activation.Gelu },
        ["silu"] = Usual with { Activation = Activation.Silu, Dropout = 0, HiddenLayers = [50, 33, 7], BatchSize = 37 },
        ["tanh"] = Usual with { Activation = Activation.Tanh, WeightDecay = 0.01 },
        ["selu"] = Usual with { Activation = Activation.Selu, HiddenLayers = [1], BatchSize = 8 },
        ["skip"] = Usual with { Skip = true },
        ["skip, tanh"] = Usual with { Skip = true, Activation = Activation.Tanh, HiddenLayers = [40], BatchSize = 500 },
    };
}
