using MacroCausal.AmazonSqs.Receiving;

namespace MacroCausal.AmazonSqs.Tests.Receiving;

public sealed class ReceiveSettingsTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 2)]
    [InlineData(1, 5, 16)]
    [InlineData(1, 10, 300)]
    [InlineData(1, int.MaxValue, 300)]
    [InlineData(30, 2, 60)]
    [InlineData(600, 3, 600)]
    [InlineData(0, 3, 0)]
    public void What_is_given_back_is_hidden_for_longer_each_time_up_to_a_limit(int first, int deliveries, int seconds) =>
        new ReceiveSettings("orders", durable: true, autoDelete: false) { RedeliverVisibilityTimeout = first }
            .RedeliveryDelay(deliveries).ShouldBe(TimeSpan.FromSeconds(seconds));
}
