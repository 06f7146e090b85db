using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

public sealed class TrainingGroupTests
{
    private static readonly TrainingRows Train = SyntheticRows.Create(200);
    private static readonly TrainingRows Validation = SyntheticRows.Create(50, seed: 2);

    [Fact]
    public void A_trial_learns()
    {
        using var trial = Start(SyntheticRows.Options());

        var first = trial.RunEpoch();
        var last = trial.RunTo(29).RunEpoch();

        last.Epoch.ShouldBe(30);
        last.BestLoss.ShouldBeLessThan(0.5 * first.Loss.Validation);
        trial.History.Epochs[last.BestEpoch - 1].Validation.ShouldBe(last.BestLoss);
    }

    [Fact]
    public void Twenty_epochs_are_ten_a_checkpoint_and_ten_more_bit_for_bit()
    {
        using var whole = Start(SyntheticRows.Options()).RunTo(20);
        using var half = Start(SyntheticRows.Options()).RunTo(10);
        using var rest = new SingleTrial(
            Train, Validation, SyntheticRows.Options(), Checkpoint.Read(new MemoryStream(half.Bytes()))).RunTo(20);

        rest.Bytes().ShouldBe(whole.Bytes());
    }

    [Fact]
    public void A_trial_is_the_same_bit_for_bit_alone_and_in_a_group()
    {
        TrainingOptions[] options = [SyntheticRows.Options(), Other(6), SyntheticRows.Options() with { LearningRate = 1e30 }, Other(7)];
        using var group = Open(options);
        for (var epoch = 0; epoch < 8; epoch++)
        {
            group.RunEpoch();
        }

        foreach (var trial in new[] { 0, 1, 3 })
        {
            using var alone = Start(options[trial]).RunTo(8);
            Bytes(group, trial).ShouldBe(alone.Bytes());
        }
    }

    [Fact]
    public void A_trial_that_diverges_or_leaves_or_is_ahead_does_not_touch_the_others()
    {
        using var ahead = Start(Other(8)).RunTo(3);
        using var group = TrainingGroup.Open(
            Train, Validation, [new(Other(6)), new(Other(7) with { LearningRate = 1e30 }), new(Other(8), ahead.Capture()), new(
                Other(9))], TrainingDevice.Cpu, TimeProvider.System);
        for (var epoch = 0; epoch < 5; epoch++)
        {
            group.RunEpoch();
            if (epoch == 1)
            {
                group.Leave(0);
            }
        }

        group.Running.ShouldBe([2, 3]);
        group.RunEpoch().Select(result => result?.Epoch).ShouldBe([null, null, 9, 6]);
        using var alone = Start(Other(8)).RunTo(9);
        Bytes(group, 2).ShouldBe(alone.Bytes());
        Should.Throw<InvalidOperationException>(() => group.Capture(0)).Message.ShouldContain("left");
    }

    [Fact]
    public async Task A_trial_is_the_same_bit_for_bit_whatever_other_threads_train()
    {
        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(other => Task.Factory.StartNew(
            () => BytesAfterEight(
                other % 2 == 0 ? 5 : 100 + other), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        together[0].ShouldBe(BytesAfterEight(5));
        together[2].ShouldBe(together[0]);
        together[1].ShouldNotBe(together[0]);
        together[3].ShouldNotBe(together[1]);
    }

    [Fact]
    public void A_diverging_trial_ends_early_without_a_best_epoch()
    {
        using var trial = Start(SyntheticRows.Options() with { LearningRate = 1e30 });

        EpochResult result;
        do
        {
            result = trial.RunEpoch();
        }
        while (!result.EndedEarly && result.Epoch < 5);

        result.EndedEarly.ShouldBeTrue();
        double.IsFinite(result.Loss.Train + result.Loss.Validation).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => trial.RunEpoch());
        Checkpoint.Read(new MemoryStream(trial.Bytes())).EndedEarly.ShouldBeTrue();
    }

    [Fact]
    public void A_split_with_a_value_that_is_no_number_ends_early_at_once()
    {
        var broken = new TrainingRows([1, 2, float.NaN, 4, 5, 6, 7, 8], [1, 2, 3, 4], 2);
        using var trial = new SingleTrial(broken, broken, SyntheticRows.Options());

        var result = trial.RunEpoch();

        (result.EndedEarly, result.BestEpoch, double.IsNaN(result.BestLoss)).ShouldBe((true, 0, true));
    }

    [Fact]
    public void Patience_that_is_spent_ends_a_trial()
    {
        using var trial = Start(SyntheticRows.Options(patience: 2) with { LearningRate = 0.3 });

        EpochResult result;
        do
        {
            result = trial.RunEpoch();
        }
        while (!result.EndedEarly && result.Epoch < 200);

        (result.Epoch - result.BestEpoch).ShouldBe(2);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(3)]
    [InlineData(2)]
    public void A_last_row_alone_does_not_break_batch_normalisation(int rows)
    {
        using var trial = new SingleTrial(SyntheticRows.Create(rows), Validation, SyntheticRows.Options());

        double.IsFinite(trial.RunEpoch().Loss.Train).ShouldBeTrue();
    }

    [Fact]
    public void One_training_row_is_refused() =>
        Should.Throw<ArgumentException>(
            () => new SingleTrial(SyntheticRows.Create(1), Validation, SyntheticRows.Options())).Message.ShouldContain("2 rows");

    [Fact]
    public void Trials_of_two_shapes_are_refused() =>
        Should.Throw<ArgumentException>(
            () => Open([SyntheticRows.Options(), SyntheticRows.Options() with { BatchSize = 32 }])).Message.ShouldContain("one shape");

    [Fact]
    public void A_checkpoint_of_another_trial_is_refused()
    {
        using var trial = Start(SyntheticRows.Options()).RunTo(1);

        Should.Throw<ModelFileException>(() => new SingleTrial(
            Train, Validation, SyntheticRows.Options(seed: 6), trial.Capture())).Message.ShouldContain("another trial");
    }

    private static TrainingOptions Other(long seed) =>
        SyntheticRows.Options(seed) with { LearningRate = 0.001 * seed, Dropout = 0.05 * seed, WeightDecay = 1e-5 * seed };

    private static byte[] BytesAfterEight(long seed)
    {
        using var trial = Start(SyntheticRows.Options(seed)).RunTo(8);
        return trial.Bytes();
    }

    private static SingleTrial Start(TrainingOptions options) => new(Train, Validation, options);

    private static TrainingGroup Open(IEnumerable<TrainingOptions> options) =>
        TrainingGroup.Open(Train, Validation, [.. options.Select(own => new TrialStart(own))], TrainingDevice.Cpu, TimeProvider.System);

    private static byte[] Bytes(TrainingGroup group, int trial)
    {
        using var stream = new MemoryStream();
        group.Capture(trial).Write(stream);
        return stream.ToArray();
    }
}
