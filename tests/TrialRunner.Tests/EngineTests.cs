using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner.Tests;

public sealed class EngineTests
{
    private readonly MemoryObjectStore _objects = new();

    [Theory]
    [InlineData(TrainingEngine.Auto, "cpu")]
    [InlineData(TrainingEngine.Cpu, "cpu")]
    [InlineData(TrainingEngine.Torch, "torch")]
    [InlineData(TrainingEngine.Stacked, "stacked")]
    public async Task Every_engine_trains_a_trial_in_two_segments_and_the_checkpoint_names_it(string engine, string named)
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects, engine);

        var half = await process.RunAsync(Studies.Segment(data));
        var rest = await process.RunAsync(Studies.Segment(data, 10, 20, half[^1].Checkpoint));

        var checkpoint = await CheckpointAsync(rest[^1]);
        checkpoint.Engines.ShouldBe([named]);
        (checkpoint.Epoch, checkpoint.History.BestEpoch).ShouldBe((20, rest[^1].BestEpoch));
        var losses = half.Concat(rest).Select(report => report.Metrics.ValidationLoss!.Value).ToArray();
        losses.Zip(await KernelLossesAsync(data)).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-3 * pair.Second);
    }

    [Theory]
    [InlineData(TrainingEngine.Cpu)]
    [InlineData(TrainingEngine.Stacked)]
    public async Task A_configuration_of_another_style_is_trained_as_it_says(string engine)
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects, engine);

        var reports = await process.RunAsync(Studies.Segment(data).With(config => config with { Activation = "silu" }));

        (await CheckpointAsync(reports[^1])).Options.Activation.ShouldBe(Activation.Silu);
    }

    [Fact]
    public async Task Other_steps_are_trained_as_the_configuration_says_over_the_epochs_of_the_study()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects, TrainingEngine.Cpu);

        var segment = Studies.Segment(data).With(config => config with { Loss = "huber", Schedule = "oneCycle" });
        var options = (await CheckpointAsync((await process.RunAsync(segment with { MaxEpochs = 30 }))[^1])).Options;

        (options.Loss, options.Schedule, options.MaxEpochs).ShouldBe((TrainingLoss.Huber, LearningRateSchedule.OneCycle, 30));
        var failure = await process.FailAsync(segment with { Trial = 9, Attempt = 1 });
        failure.Reason.ShouldContain("Maximum number of epochs 0 is out of its range");
    }

    [Fact]
    public async Task An_activation_that_nobody_knows_fails_the_trial_with_the_names_that_are_known()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects, TrainingEngine.Cpu);

        var failure = await process.FailAsync(Studies.Segment(data).With(config => config with { Activation = "1" }) with { Attempt = 1 });

        failure.Reason.ShouldContain("activation '1' is not known; it must be relu, gelu, silu, tanh or selu");
    }

    [Fact]
    public async Task A_trial_that_goes_on_in_another_engine_is_named_after_both()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var first = await RunnerProcess.StartAsync(_objects, TrainingEngine.Torch);
        var half = await first.RunAsync(Studies.Segment(data));
        await using var second = await RunnerProcess.StartAsync(_objects, TrainingEngine.Cpu);

        var rest = await second.RunAsync(Studies.Segment(data, 10, 20, half[^1].Checkpoint));

        (await CheckpointAsync(rest[^1])).Engines.ShouldBe(["torch", "cpu"]);
    }

    [Fact]
    public async Task A_segment_that_is_interrupted_leaves_a_partial_checkpoint_and_goes_on_from_it()
    {
        var data = await Studies.PrepareAsync(_objects);
        var (segment, partial) = (Studies.Segment(data, toEpoch: 2000), CheckpointObjects.PartialUri(Studies.Segment(data, toEpoch: 2000)));
        await using (var first = await RunnerProcess.StartAsync(_objects, TrainingEngine.Torch))
        {
            await first.SendAsync(segment);
            await first.Watch.WaitAsync<TrialEpochCompleted>(report => report.Epoch == 2);
        }

        var left = Checkpoint.Read(new MemoryStream(_objects.Objects[partial]));
        await using var second = await RunnerProcess.StartAsync(_objects, TrainingEngine.Torch);
        await second.SendAsync(segment);
        await second.Watch.WaitAsync<TrialEpochCompleted>(report => report.Epoch > left.Epoch);

        left.Engines.ShouldBe(["torch"]);
        second.Watch.All<TrialEpochCompleted>().Where(report => report.Epoch <= left.Epoch)
            .ShouldAllBe(report => report.Seconds == 0);
    }

    [Fact]
    public async Task An_engine_that_nobody_knows_is_one_clear_error()
    {
        var failure = await Should.ThrowAsync<OptionsValidationException>(() => RunnerProcess.StartAsync(_objects, "tensorflow"));

        failure.Failures.ShouldHaveSingleItem().ShouldContain("Engine must be auto, torch, cpu or stacked.");
    }

    private async Task<Checkpoint> CheckpointAsync(TrialEpochCompleted report) =>
        Checkpoint.Read(await _objects.OpenAsync(report.Checkpoint!));

    private static async Task<double[]> KernelLossesAsync(DataManifest data)
    {
        var others = new MemoryObjectStore();
        await Studies.PrepareAsync(others);
        await using var process = await RunnerProcess.StartAsync(others, TrainingEngine.Cpu);
        return [.. (await process.RunAsync(Studies.Segment(data, 0, 20))).Select(report => report.Metrics.ValidationLoss!.Value)];
    }
}
