using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using TorchSharp;

namespace MacroCausal.Model.Tests.Training;

/// <summary>The plain engine: it must make of a trial what the processor's kernels make of it, to float32 rounding.</summary>
public sealed class TorchTrainerTests
{
    private static readonly TrainingRows Train = SyntheticRows.Create(149);
    private static readonly TrainingRows Validation = SyntheticRows.Create(50, seed: 2);

    [Theory]
    [InlineData(new[] { 16, 8 }, 16, 0.2, 1e-4)]
    [InlineData(new[] { 1 }, 8, 0.0, 0.0)]
    [InlineData(new[] { 50, 33, 7 }, 37, 0.3, 0.01)]
    [InlineData(new[] { 40 }, 500, 0.5, 1e-3)]
    public void Epochs_make_of_a_trial_what_the_kernels_make_of_it(int[] hidden, int batch, double dropout, double weightDecay)
    {
        var options = SyntheticRows.Options() with
        {
            HiddenLayers = hidden,
            BatchSize = batch,
            Dropout = dropout,
            WeightDecay = weightDecay,
            LearningRate = 1e-3,
        };
        using var plain = Plain(options);
        using var kernels = new SingleTrial(Train, Validation, options);

        for (var epoch = 0; epoch < 3; epoch++)
        {
            ShouldAgree(plain.RunEpoch(), kernels.RunEpoch());
        }

        ShouldAgree(plain.Capture(), kernels.Capture());
    }

    [Fact]
    public void Twenty_epochs_are_ten_a_checkpoint_and_ten_more()
    {
        var options = SyntheticRows.Options();
        using var whole = RunTo(Plain(options), 8);
        using var first = RunTo(Plain(options), 5);
        using var second = RunTo(Plain(options, Checkpoint.Read(new MemoryStream(Bytes(first)))), 8);

        Bytes(second).ShouldBe(Bytes(whole));
    }

    [Fact]
    public void A_checkpoint_goes_on_from_either_trainer_to_the_other()
    {
        var options = SyntheticRows.Options() with { LearningRate = 1e-3 };
        using var kernels = new SingleTrial(Train, Validation, options).RunTo(2);
        using var plain = RunTo(Plain(options), 2);
        using var fromKernels = Plain(options, kernels.Capture());
        using var fromPlain = new SingleTrial(Train, Validation, options, plain.Capture());

        ShouldAgree(fromKernels.RunEpoch(), fromPlain.RunEpoch());
        ShouldAgree(fromKernels.Capture(), fromPlain.Capture());
    }

    [Fact]
    public void The_best_epochs_weights_are_kept_and_patience_ends_the_trial()
    {
        var options = SyntheticRows.Options(patience: 3) with { LearningRate = 0.05, HiddenLayers = [64, 32], Dropout = 0 };
        using var plain = Plain(options);
        using var kernels = new SingleTrial(Train, Validation, options);
        Checkpoint? best = null;
        while (!plain.History.IsOver(options.Patience))
        {
            plain.RunEpoch();
            best = plain.History.IsBest ? plain.Capture() : best;
        }

        plain.Capture().State.BestParameters.ShouldBe(best!.State.Parameters);
        plain.Capture().State.BestStatistics.ShouldBe(best.State.Statistics);
        plain.Capture().State.Parameters.ShouldNotBe(best.State.Parameters);
        (plain.History.Epochs.Count - plain.History.BestEpoch).ShouldBe(3);
        Should.Throw<InvalidOperationException>(plain.RunEpoch).Message.ShouldContain("ended early");
    }

    [Fact]
    public void A_trial_that_diverges_ends()
    {
        using var plain = Plain(SyntheticRows.Options() with { LearningRate = 1e30 });

        var last = plain.RunEpoch();
        last = last.EndedEarly ? last : plain.RunEpoch();

        last.EndedEarly.ShouldBeTrue();
        double.IsFinite(last.Loss.Train + last.Loss.Validation).ShouldBeFalse();
    }

    [Fact]
    public void Trials_side_by_side_do_not_mix_their_dropout()
    {
        var all = Enumerable.Range(0, 4).Select(seed => SyntheticRows.Options(seed)).ToList();
        var alone = all.Select(options => Trained(options)).ToList();

        var together = new byte[all.Count][];
        Parallel.For(0, all.Count, trial => together[trial] = Trained(all[trial]));

        for (var trial = 0; trial < all.Count; trial++)
        {
            together[trial].ShouldBe(alone[trial]);
        }
    }

    [Fact]
    public void An_epoch_and_a_checkpoint_leave_no_tensor_behind()
    {
        using var plain = RunTo(Plain(SyntheticRows.Options()), 1);
        Bytes(plain);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        RunTo(plain, 4);
        Bytes(plain);

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void Several_devices_are_refused() =>
        Should.Throw<ArgumentException>(() => new TorchTrainer(
            Train, Validation, new TrialStart(SyntheticRows.Options()), "cpu+cpu", TimeProvider.System))
            .Message.ShouldContain("one device");

    private static TorchTrainer Plain(TrainingOptions options, Checkpoint? from = null) =>
        new(Train, Validation, new TrialStart(options, from), TrainingDevice.Cpu, TimeProvider.System);

    private static TorchTrainer RunTo(TorchTrainer trainer, int epoch)
    {
        while (trainer.History.Epochs.Count < epoch)
        {
            trainer.RunEpoch();
        }

        return trainer;
    }

    private static byte[] Trained(TrainingOptions options)
    {
        using var trainer = RunTo(Plain(options), 3);
        return Bytes(trainer);
    }

    private static byte[] Bytes(TorchTrainer trainer)
    {
        using var stream = new MemoryStream();
        trainer.Capture().Write(stream);
        return stream.ToArray();
    }

    private static void ShouldAgree(EpochResult actual, EpochResult expected)
    {
        actual.Loss.Train.ShouldBe(expected.Loss.Train, 1e-4 * expected.Loss.Train);
        actual.Loss.Validation.ShouldBe(expected.Loss.Validation, 1e-4 * expected.Loss.Validation);
        (actual.Epoch, actual.BestEpoch).ShouldBe((expected.Epoch, expected.BestEpoch));
    }

    private static void ShouldAgree(Checkpoint actual, Checkpoint expected)
    {
        var (layout, own, other) = (actual.Layout, actual.State, expected.State);
        own.Step.ShouldBe(other.Step);
        own.Statistics.Zip(other.Statistics).ShouldAllBe(
            pair => Math.Abs(pair.First - pair.Second) < 1e-3 * (1 + Math.Abs(pair.Second)));
        Parameters.ShouldAgree(layout, own.Parameters, other.Parameters, 1e-4f);
        ShouldAgree(layout, own.FirstMoment, other.FirstMoment);
        ShouldAgree(layout, own.SecondMoment, other.SecondMoment);
        foreach (var bias in Enumerable.Range(0, layout.HiddenLayers.Count).Select(layer => layout.Hidden(layer).Bias))
        {
            bias.Of(own.Parameters).ToArray().Zip(bias.Of(other.Parameters).ToArray())
                .ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-4f);
        }
    }

    // To a thousandth of the largest of each tensor: moments are small.
    private static void ShouldAgree(NetworkLayout layout, float[] actual, float[] expected)
    {
        foreach (var slot in layout.Parameters)
        {
            var (own, other) = (slot.Of(actual).ToArray(), slot.Of(expected).ToArray());
            var tolerance = 1e-3f * other.Max(Math.Abs);
            own.Zip(other).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= tolerance, slot.Name);
        }
    }
}
