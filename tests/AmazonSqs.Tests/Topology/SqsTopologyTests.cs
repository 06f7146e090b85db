using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.AmazonSqs.Topology;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Topology;

public sealed class SqsTopologyTests
{
    [Theory]
    [InlineData(typeof(Order), "MacroCausal_AmazonSqs_Tests_Buses-Order")]
    [InlineData(typeof(Nested), "MacroCausal_AmazonSqs_Tests_Topology-SqsTopologyTests_Nested")]
    [InlineData(typeof(Fault<Order>), "MassTransit-Fault--MacroCausal_AmazonSqs_Tests_Buses-Order--")]
    [InlineData(typeof(ReceiveFault), "MassTransit-ReceiveFault")]
    public void A_message_type_has_the_topic_that_MassTransit_gives_it(Type type, string topic) =>
        new SqsMessageNameFormatter().GetMessageName(type).ShouldBe(topic);

    private sealed record Nested;
}
