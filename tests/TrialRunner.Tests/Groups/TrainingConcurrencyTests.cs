using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Tests.Groups;

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
    public void A_device_is_divided_as_suits_it(string device, int? workers, int threads, int groupSize, int inHand) =>
        TrainingConcurrency.For(device, cores: 8, workers).ShouldBe(new TrainingConcurrency(device, threads, groupSize, inHand));
}
