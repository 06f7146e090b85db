using MacroCausal.Data.Baselines;
using MacroCausal.Data.Splits;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;

namespace MacroCausal.TrialRunner.Tests;

public sealed class RunTrialConsumerTests
{
    private readonly MemoryObjectStore _objects = new();

    [Fact]
    public async Task Every_epoch_is_reported_and_the_last_one_carries_the_checkpoint()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        await using var process = await RunnerProcess.StartAsync(_objects);

        var reports = await process.RunAsync(segment);

        reports.Select(report => report.Epoch).ShouldBe(Enumerable.Range(1, 10));
        reports.SkipLast(1).ShouldAllBe(report => report.Checkpoint == null && report.Seconds > 0 && report.RowsPerSecond > 0);
        reports.ShouldAllBe(report => report.Runner == "runner-1" && report.ToEpoch == 10 && !report.EndedEarly);
        reports[^1].Checkpoint!.Uri.ShouldBe(CheckpointObjects.FinalUri(segment));
        var history = Checkpoint.Read(await _objects.OpenAsync(reports[^1].Checkpoint!)).History;
        reports.Select(report => report.Metrics.ValidationLoss).ShouldBe(
            history.Epochs.Select(loss => (double?)(loss.Validation * Studies.TargetScale * Studies.TargetScale)));
        reports[^1].BestValidationLoss.ShouldBe(reports.Min(report => report.Metrics.ValidationLoss));
        reports[reports[^1].BestEpoch - 1].Metrics.ValidationLoss.ShouldBe(reports[^1].BestValidationLoss);
    }

    [Fact]
    public async Task Losses_of_networks_that_learn_a_residual_are_those_of_the_target()
    {
        // The same rows, once with the target and once with what is left of a baseline that forecasts a third of one feature.
        var data = await Studies.PrepareAsync(_objects);
        var model = new ResidualModel
        {
            Baseline = new("ar", [1 / 3.0, 0, 0], 0.1),
            Scale = 0.5,
            Lowest = [-0.9f, -2, -2],
            Highest = [0.9f, 2, 2],
        };
        var stored = _objects.Put("s3://artifacts/runs/study/data/residual.json", model.ToJson());
        var residual = data with { Residual = new("ar", 0.5 * Studies.TargetScale, stored) };
        await using var process = await RunnerProcess.StartAsync(_objects);

        var ofTarget = await process.RunAsync(Studies.Segment(data, trial: 4));
        var ofResidual = await process.RunAsync(Studies.Segment(residual));

        var trained = Checkpoint.Read(await _objects.OpenAsync(ofResidual[^1].Checkpoint!));
        var rows = await SplitTable.ReadAsync(await _objects.OpenAsync(data.Validation), "validation");
        using var network = new Predictor(
            TrainedModel.BestOf(trained).WithBaseline(model.Baseline.Weights, 0.1, model.Scale, model.Lowest, model.Highest));
        rows.SquaredErrors(network.Predict(rows.Features), Studies.TargetScale).Average()
            .ShouldBe(ofResidual[^1].BestValidationLoss!.Value, 1e-4);
        ofTarget[^1].BestValidationLoss.ShouldNotBe(ofResidual[^1].BestValidationLoss);
    }

    [Fact]
    public async Task The_same_segment_again_is_reported_again_and_not_trained()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        await using var first = await RunnerProcess.StartAsync(_objects);
        var reports = await first.RunAsync(segment);
        var (writes, opens) = (_objects.Writes.Count, _objects.Opens.Count);
        await using var second = await RunnerProcess.StartAsync(_objects);

        var again = await second.RunAsync(segment);

        again.ShouldBe(reports.Select(report => report with { Seconds = 0, RowsPerSecond = 0 }));
        (_objects.Writes.Count, _objects.Opens.Count).ShouldBe((writes, opens));
    }

    [Fact]
    public async Task Twenty_epochs_in_one_segment_are_ten_and_ten_in_two_bit_for_bit()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects);
        var half = await process.RunAsync(Studies.Segment(data));
        var (firstHalf, secondHalf) = (half, await process.RunAsync(Studies.Segment(data, 10, 20, half[^1].Checkpoint)));

        var others = new MemoryObjectStore();
        await Studies.PrepareAsync(others);
        await using var other = await RunnerProcess.StartAsync(others);
        var whole = await other.RunAsync(Studies.Segment(data, 0, 20));

        secondHalf[^1].Checkpoint.ShouldBe(whole[^1].Checkpoint);
        firstHalf.Concat(secondHalf).Select(report => report.Metrics.ValidationLoss)
            .ShouldBe(whole.Select(report => report.Metrics.ValidationLoss));
    }

    [Fact]
    public async Task Segments_of_many_trials_at_once_read_the_splits_once_and_are_all_reported()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects);

        var reports = await Task.WhenAll(Enumerable.Range(0, 6).Select(trial => process.RunAsync(Studies.Segment(data, trial: trial))));

        reports.ShouldAllBe(ofTrial => ofTrial.Count == 10);
        reports.Select(ofTrial => ofTrial[^1].Checkpoint!.Sha256).Distinct().Count().ShouldBe(6);
        _objects.Opens.Order().ShouldBe([data.Train.Uri, data.Validation.Uri]);
    }

    [Fact]
    public async Task A_trial_that_diverges_ends_early_with_a_checkpoint()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        await using var process = await RunnerProcess.StartAsync(_objects);

        var reports = await process.RunAsync(segment with { Config = segment.Config with { LearningRate = 1e30 } });

        reports.Count.ShouldBeLessThan(10);
        reports[^1].EndedEarly.ShouldBeTrue();
        (reports[^1].Metrics.TrainLoss is null || reports[^1].Metrics.ValidationLoss is null).ShouldBeTrue();
        reports[^1].Checkpoint!.Uri.ShouldBe(CheckpointObjects.FinalUri(segment));
    }

    [Fact]
    public async Task A_trial_that_cannot_be_built_fails_with_its_reason_and_the_next_one_is_trained()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        await using var process = await RunnerProcess.StartAsync(_objects);

        var failure = await process.FailAsync(segment with { Attempt = 1, Config = segment.Config with { BatchSize = 1 } });

        failure.Reason.ShouldBe("Batch size 1 is out of its range: 2 or more, because batch normalisation needs two rows.");
        (failure.Trial, failure.ToEpoch, failure.Attempt).ShouldBe((3, 10, 1));
        (await process.RunAsync(segment)).Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_split_that_is_gone_fails_the_trial_until_it_is_back()
    {
        var data = await Studies.PrepareAsync(_objects);
        var content = _objects.Objects[data.Train.Uri];
        await _objects.DeleteAsync(data.Train.Uri);
        await using var process = await RunnerProcess.StartAsync(_objects);

        (await process.FailAsync(Studies.Segment(data))).Reason.ShouldContain(data.Train.Uri);

        _objects.Objects[data.Train.Uri] = content;
        (await process.RunAsync(Studies.Segment(data))).Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_checkpoint_with_another_hash_fails_the_trial()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects);
        var checkpoint = (await process.RunAsync(Studies.Segment(data)))[^1].Checkpoint!;

        var failure = await process.FailAsync(Studies.Segment(data, 10, 20, checkpoint with { Sha256 = new string('0', 64) }));

        failure.Reason.ShouldContain(checkpoint.Uri);
    }

    [Fact]
    public async Task A_checkpoint_of_another_trial_at_the_end_fails_the_trial()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects);
        await process.RunAsync(Studies.Segment(data));

        (await process.FailAsync(Studies.Segment(data) with { Seed = 1 })).Reason.ShouldContain("another trial");
    }
}
