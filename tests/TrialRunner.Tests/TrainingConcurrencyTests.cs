using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Tests;

public sealed class TrainingConcurrencyTests
{
    [Theory]
    [InlineData(TrainingDevice.Cpu, null, 8, 1, 8)]
    [InlineData(TrainingDevice.Cpu, 1, 1, 1, 1)]
    [InlineData(TrainingDevice.Cpu, 12, 12, 1, 12)]
    [InlineData(TrainingDevice.Cuda, null, 1, 32, 32)]
    [InlineData("cuda:1", null, 1, 32, 32)]
    [InlineData("cuda:0+cuda:1", null, 1, 32, 32)]
    [InlineData(TrainingDevice.Cuda, 1, 1, 1, 1)]
    [InlineData(TrainingDevice.Cuda, 100, 1, 32, 100)]
    public void The_processor_trains_one_trial_a_core_and_a_GPU_one_group(
        string device, int? workers, int threads, int groupSize, int maxConcurrentSegments) =>
        TrainingConcurrency.For(device, cores: 8, workers).ShouldBe(
            new TrainingConcurrency(device, threads, groupSize, maxConcurrentSegments));

    [Theory]
    [InlineData("torch", TrainingDevice.Cpu, null, 8, 1, 8)]
    [InlineData("torch", TrainingDevice.Cuda, null, 1, 1, 1)]
    [InlineData("torch", "cuda:1", 4, 1, 1, 4)]
    [InlineData("stacked", TrainingDevice.Cpu, null, 1, 32, 32)]
    [InlineData("cpu", TrainingDevice.Cpu, 2, 2, 1, 2)]
    public void An_engine_that_was_asked_for_has_its_own_way_of_sharing_the_device(
        string engine, string device, int? workers, int threads, int groupSize, int maxConcurrentSegments) =>
        TrainingConcurrency.For(device, cores: 8, workers, engine).ShouldBe(
            new TrainingConcurrency(device, threads, groupSize, maxConcurrentSegments) { Engine = engine });
}
