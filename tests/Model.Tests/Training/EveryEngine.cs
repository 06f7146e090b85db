using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

/// <summary>
/// What holds for a trial of whatever options in every engine: whole epochs agree with autograd on the module in losses and every
/// parameter, and segments are the whole, to the bit. In a group it is beside another trial, which must not matter.
/// </summary>
internal static class EveryEngine
{
    private const int Epochs = 3;

    public static TrainingRows Train { get; } = SyntheticRows.Create(149);

    public static TrainingRows Validation { get; } = SyntheticRows.Create(50, seed: 2);

    public static void ShouldMakeWhatAutogradMakes(TrainingOptions options, TrainingOptions beside)
    {
        using var autograd = Torch(options);
        using var kernels = new SingleTrial(Train, Validation, options);
        using var stacked = Stacked(options, beside, "cpu");
        using var onTwo = Stacked(options, beside, "cpu+cpu");

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

    public static void ShouldMakeTheSameInSegments(TrainingOptions options, TrainingOptions beside)
    {
        using var kernels = new SingleTrial(Train, Validation, options).RunTo(Epochs);
        using var first = new SingleTrial(Train, Validation, options).RunTo(1);
        using var second = new SingleTrial(Train, Validation, options, Again(first.Capture())).RunTo(Epochs);
        second.Bytes().ShouldBe(kernels.Bytes());

        using var stacked = Stacked(options, beside, "cpu");
        using var head = Stacked(options, beside, "cpu");
        stacked.RunEpoch();
        head.RunEpoch();
        using var tail = Stacked(options, beside, "cpu", Again(head.Capture(0)));
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

    public static TorchTrainer Torch(TrainingOptions options, Checkpoint? from = null) =>
        new(Train, Validation, new TrialStart(options, from), TrainingDevice.Cpu, TimeProvider.System);

    public static TrainingGroup Stacked(TrainingOptions options, TrainingOptions beside, string devices, Checkpoint? from = null) =>
        TrainingGroup.Open(
            Train, Validation, [new TrialStart(options, from), new TrialStart(beside)], devices, TimeProvider.System,
            TrainingEngine.Stacked);

    public static Checkpoint Again(Checkpoint checkpoint) => Checkpoint.Read(new MemoryStream(Bytes(checkpoint)));

    public static byte[] Bytes(Checkpoint checkpoint)
    {
        using var stream = new MemoryStream();
        checkpoint.Write(stream);
        return stream.ToArray();
    }

    public static string Text(Checkpoint checkpoint) => System.Text.Encoding.Latin1.GetString(Bytes(checkpoint));

    public static void ShouldAgree(EpochLoss actual, EpochLoss expected)
    {
        actual.Train.ShouldBe(expected.Train, 2e-5 * expected.Train);
        actual.Validation.ShouldBe(expected.Validation, 2e-5 * expected.Validation);
    }

    public static void ShouldAgree(Checkpoint actual, Checkpoint expected)
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
