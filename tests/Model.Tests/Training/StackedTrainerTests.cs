using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Tests.Training;

/// <summary>
/// The trainer for GPUs, run on the processor: it must make of a trial what the processor's trainer makes of it, to float32 rounding.
/// </summary>
public sealed class StackedTrainerTests
{
    private const double Rounding = 2e-5;
    private static readonly TrainingRows Train = SyntheticRows.Create(149);
    private static readonly TrainingRows Validation = SyntheticRows.Create(50, seed: 2);

    private static readonly List<TrainingOptions> Options =
    [
        SyntheticRows.Options() with { LearningRate = 1e-3 },
        SyntheticRows.Options(6) with { LearningRate = 3e-3, Dropout = 0 },
        SyntheticRows.Options(7) with { LearningRate = 2e-3, Dropout = 0.5, WeightDecay = 0.01 },
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_stack_on_any_number_of_devices_learns_what_the_processor_does(int devices)
    {
        using var stacked = Stacked(Options, devices);
        using var onCpu = new CpuGroupTrainer(Layout, Options, First(Options), Train, Validation);

        for (var epoch = 1; epoch <= 3; epoch++)
        {
            ShouldEqual(stacked.RunEpoch(All(epoch)), onCpu.RunEpoch(All(epoch)));
        }

        for (var trial = 0; trial < Options.Count; trial++)
        {
            ShouldEqual(stacked.Capture(trial), onCpu.Capture(trial));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_epoch_uploads_as_much_whatever_its_steps_are(int devices)
    {
        long Uploads(int batchSize)
        {
            List<TrainingOptions> options = [.. Options.Select(own => own with { BatchSize = batchSize })];
            using var stacked = Stacked(options, devices);
            stacked.RunEpoch(All(1));
            var before = Upload.Count;
            stacked.RunEpoch(All(2));
            return Upload.Count - before;
        }

        Uploads(batchSize: 149).ShouldBe(15 * devices);
        Uploads(batchSize: 7).ShouldBe(15 * devices);
    }

    [Fact]
    public void An_epoch_and_a_checkpoint_leave_no_tensor_behind()
    {
        using var stacked = Stacked(Options, 1);
        stacked.RunEpoch(All(1));
        stacked.Capture(0);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        stacked.RunEpoch(All(2));
        stacked.RunEpoch(All(3));
        stacked.KeepBest(1);
        stacked.Capture(0);

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void A_trial_of_a_stack_is_what_it_is_alone()
    {
        using var together = Stacked(Options, 1);
        using var alone = Stacked([Options[2]], 1);

        var expected = Enumerable.Range(1, 4).Select(epoch => alone.RunEpoch([(0, epoch)])[0]).ToArray();
        var actual = Enumerable.Range(1, 4).Select(epoch => together.RunEpoch(All(epoch))[2]).ToArray();

        ShouldEqual(actual, expected);
    }

    [Fact]
    public void A_trial_that_diverges_or_is_done_leaves_the_others_as_they_would_be()
    {
        List<TrainingOptions> options = [Options[0] with { LearningRate = 1e30 }, Options[1], Options[2]];
        using var stacked = Stacked(options, 1);
        using var alone = new CpuGroupTrainer(Layout, [Options[2]], First([Options[2]]), Train, Validation);

        stacked.RunEpoch(All(1));
        var diverged = stacked.RunEpoch(All(2))[0];
        stacked.KeepBest(1);
        stacked.RunEpoch([(1, 3), (2, 3)]);
        var last = stacked.RunEpoch([(2, 4)]);
        var expected = Enumerable.Range(1, 4).Select(epoch => alone.RunEpoch([(0, epoch)])[0]).ToArray()[^1];

        double.IsFinite(diverged.Train + diverged.Validation).ShouldBeFalse();
        ShouldEqual(last, [expected]);
        ShouldEqual(stacked.Capture(2), alone.Capture(0));
        stacked.Capture(1).Step.ShouldBe(3 * Batches.Cut(Train.Count, Options[0].BatchSize).Count());
        stacked.Capture(1).BestParameters.ShouldNotBe(stacked.Capture(1).Parameters);
    }

    [Fact]
    public void A_checkpoint_goes_on_from_either_trainer_to_the_other()
    {
        using var whole = new CpuGroupTrainer(Layout, Options, First(Options), Train, Validation);
        using var first = new CpuGroupTrainer(Layout, Options, First(Options), Train, Validation);
        whole.RunEpoch(All(1));
        first.RunEpoch(All(1));

        using var second = new StackedTrainer(Layout, Options, [.. Enumerable.Range(0, 3).Select(first.Capture)], Train, Validation, [CPU]);

        ShouldEqual(second.RunEpoch(All(2)), whole.RunEpoch(All(2)));
    }

    [Fact]
    public void Two_devices_are_asked_for_by_name()
    {
        using var two = TrainingGroup.Open(Train, Validation, [new TrialStart(Options[0])], "cpu+cpu", TimeProvider.System);
        using var one = new SingleTrial(Train, Validation, Options[0]);

        var expected = one.RunTo(2).RunEpoch();
        var actual = Enumerable.Range(0, 3).Select(_ => two.RunEpoch()[0]!).ToArray()[^1];

        actual.BestLoss.ShouldBe(expected.BestLoss, Rounding * expected.BestLoss);
    }

    [Theory]
    [InlineData("tpu", "not known")]
    [InlineData("cuda:x", "not known")]
    [InlineData("cpu+", "not known")]
    public void A_device_that_nobody_knows_is_refused(string device, string reason) =>
        Should.Throw<ArgumentException>(() => TrainingDevice.Resolve(device)).Message.ShouldContain(reason);

    private static NetworkLayout Layout { get; } = new(Train.FeatureCount, Options[0].HiddenLayers);

    private static StackedTrainer Stacked(List<TrainingOptions> options, int devices) =>
        new(Layout, options, First(options), Train, Validation, [.. Enumerable.Repeat(CPU, devices)]);

    private static List<TrialState> First(List<TrainingOptions> options) =>
        [.. options.Select(own => TrialState.Initial(Layout, own.Seed))];

    private static List<(int Trial, int Epoch)> All(int epoch) => [.. Enumerable.Range(0, 3).Select(trial => (trial, epoch))];

    private static void ShouldEqual(EpochLoss[] actual, EpochLoss[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        foreach (var (own, other) in actual.Zip(expected))
        {
            own.Train.ShouldBe(other.Train, Rounding * other.Train);
            own.Validation.ShouldBe(other.Validation, Rounding * other.Validation);
        }
    }

    private static void ShouldEqual(TrialState actual, TrialState expected)
    {
        actual.Step.ShouldBe(expected.Step);
        actual.Statistics.Zip(expected.Statistics).ShouldAllBe(
            pair => Math.Abs(pair.First - pair.Second) < 1e-3 * (1 + Math.Abs(pair.Second)));
        actual.SecondMoment.Zip(expected.SecondMoment).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-4);
        Parameters.ShouldAgree(Layout, actual.Parameters, expected.Parameters, 1e-5f);
        Parameters.ShouldAgree(Layout, actual.FirstMoment, expected.FirstMoment, 1e-5f);
    }
}
