using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

public sealed class TrainingSessionTests
{
    private static readonly TrainingRows Train = SyntheticRows.Create(200);
    private static readonly TrainingRows Validation = SyntheticRows.Create(50, seed: 2);

    [Fact]
    public void A_trial_learns()
    {
        using var session = Start(SyntheticRows.Options());

        var first = session.RunEpoch();
        EpochResult last = first;
        for (var epoch = 2; epoch <= 30; epoch++)
            last = session.RunEpoch();

        last.Epoch.ShouldBe(30);
        last.BestLoss.ShouldBeLessThan(0.5 * first.Loss.Validation);
        session.History.Epochs[last.BestEpoch - 1].Validation.ShouldBe(last.BestLoss);
    }

    [Fact]
    public void Twenty_epochs_are_ten_a_checkpoint_and_ten_more_bit_for_bit()
    {
        var whole = TrainTo(20);
        var half = Checkpoint.Read(new MemoryStream(TrainTo(10)));
        using var rest = TrainingSession.Restore(Train, Validation, SyntheticRows.Options(), half, TrainingDevice.Cpu, TimeProvider.System);
        Run(rest, 20);

        Bytes(rest).ShouldBe(whole);
    }

    [Fact]
    public async Task A_trial_is_the_same_bit_for_bit_whatever_trains_beside_it()
    {
        var alone = TrainTo(8);

        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(other => Task.Factory.StartNew(
            () => TrainTo(8, other % 2 == 0 ? 5 : 100 + other), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        together[0].ShouldBe(alone);
        together[2].ShouldBe(alone);
        together[1].ShouldNotBe(alone);
        together[3].ShouldNotBe(together[1]);
    }

    [Fact]
    public void A_diverging_trial_ends_early_without_a_best_epoch()
    {
        using var session = Start(SyntheticRows.Options() with { LearningRate = 1e30 });

        EpochResult result;
        do
            result = session.RunEpoch();
        while (!result.EndedEarly && result.Epoch < 5);

        result.EndedEarly.ShouldBeTrue();
        double.IsFinite(result.Loss.Train + result.Loss.Validation).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => session.RunEpoch());
        Checkpoint.Read(new MemoryStream(Bytes(session))).EndedEarly.ShouldBeTrue();
    }

    [Fact]
    public void A_split_with_a_value_that_is_no_number_ends_early_at_once()
    {
        var broken = new TrainingRows([1, 2, float.NaN, 4, 5, 6, 7, 8], [1, 2, 3, 4], 2);
        using var session = TrainingSession.Start(broken, broken, SyntheticRows.Options(), TrainingDevice.Cpu, TimeProvider.System);

        var result = session.RunEpoch();

        (result.EndedEarly, result.BestEpoch, double.IsNaN(result.BestLoss)).ShouldBe((true, 0, true));
    }

    [Fact]
    public void Patience_that_is_spent_ends_a_trial()
    {
        using var session = Start(SyntheticRows.Options(patience: 2) with { LearningRate = 0.3 });

        EpochResult result;
        do
            result = session.RunEpoch();
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
        using var session = TrainingSession.Start(SyntheticRows.Create(rows), Validation, SyntheticRows.Options(), TrainingDevice.Cpu, TimeProvider.System);

        double.IsFinite(session.RunEpoch().Loss.Train).ShouldBeTrue();
    }

    [Fact]
    public void One_training_row_is_refused() =>
        Should.Throw<ArgumentException>(() => TrainingSession.Start(SyntheticRows.Create(1), Validation, SyntheticRows.Options(), TrainingDevice.Cpu, TimeProvider.System))
            .Message.ShouldContain("2 rows");

    [Fact]
    public void A_cancelled_token_leaves_the_trial_at_its_last_epoch()
    {
        using var session = Start(SyntheticRows.Options());
        session.RunEpoch();
        var before = Bytes(session);

        Should.Throw<OperationCanceledException>(() => session.RunEpoch(new CancellationToken(canceled: true)));

        Bytes(session).ShouldBe(before);
    }

    [Fact]
    public void A_checkpoint_of_another_trial_is_refused()
    {
        var checkpoint = Checkpoint.Read(new MemoryStream(TrainTo(1)));

        Should.Throw<ModelFileException>(() => TrainingSession.Restore(Train, Validation, SyntheticRows.Options(seed: 6), checkpoint, TrainingDevice.Cpu, TimeProvider.System))
            .Message.ShouldContain("another trial");
    }

    private static byte[] TrainTo(int epochs, long seed = 5)
    {
        using var session = Start(SyntheticRows.Options(seed));
        Run(session, epochs);
        return Bytes(session);
    }

    private static TrainingSession Start(TrainingOptions options) => TrainingSession.Start(Train, Validation, options, TrainingDevice.Cpu, TimeProvider.System);

    private static void Run(TrainingSession session, int toEpoch)
    {
        while (session.Epoch < toEpoch)
            session.RunEpoch();
    }

    private static byte[] Bytes(TrainingSession session)
    {
        using var stream = new MemoryStream();
        session.Capture().Write(stream);
        return stream.ToArray();
    }
}
