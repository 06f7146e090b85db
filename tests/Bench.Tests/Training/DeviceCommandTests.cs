using MacroCausal.Bench.Training;

namespace MacroCausal.Bench.Tests.Training;

public sealed class DeviceCommandTests
{
    [Theory]
    [InlineData("cpu", 0)]
    [InlineData("tpu", 1)]
    public void A_device_is_checked_and_one_that_is_not_here_fails(string device, int exitCode) =>
        DeviceCommand.Create().Parse(["--device", device, "--seconds", "0", "--stacks", "1"]).Invoke().ShouldBe(exitCode);
}
