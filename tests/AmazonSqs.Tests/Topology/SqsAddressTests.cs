using MacroCausal.AmazonSqs.Topology;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Topology;

public sealed class SqsAddressTests
{
    private static readonly Uri Host = new("amazonsqs://eu-west-1");
    private static readonly Uri Scoped = new("amazonsqs://eu-west-1/dev");

    [Theory]
    [InlineData("queue:start-training", "amazonsqs://eu-west-1/start-training")]
    [InlineData("topic:MacroCausal_Contracts-StartTraining", "amazonsqs://eu-west-1/MacroCausal_Contracts-StartTraining?type=topic")]
    [InlineData("amazonsqs://eu-west-1/start-training", "amazonsqs://eu-west-1/start-training")]
    [InlineData("amazonsqs://eu-west-1/bus?temporary=true", "amazonsqs://eu-west-1/bus?durable=false&autodelete=true")]
    [InlineData("amazonsqs://eu-west-1/bus?durable=false&autodelete=true", "amazonsqs://eu-west-1/bus?durable=false&autodelete=true")]
    public void An_address_has_one_way_to_be_written(string address, string normal) =>
        SqsAddress.Parse(Host, new Uri(address)).ToUri().ShouldBe(new Uri(normal));

    [Fact]
    public void A_scope_is_a_folder_of_queues_and_a_prefix_of_topics()
    {
        SqsAddress.Parse(Scoped, new Uri("queue:orders")).ToUri().ShouldBe(new Uri("amazonsqs://eu-west-1/dev/orders"));
        SqsAddress.Parse(Scoped, new Uri("amazonsqs://eu-west-1/dev/orders")).Name.ShouldBe("orders");
        SqsAddress.Parse(Scoped, new Uri("topic:Ordered")).Name.ShouldBe("dev_Ordered");
    }

    [Theory]
    [InlineData("rabbitmq://localhost/orders", "rabbitmq")]
    [InlineData("queue:not.valid", "not.valid")]
    [InlineData("amazonsqs://eu-west-1/", "AWS refuses ''")]
    public void An_address_that_is_none_is_an_error_that_names_it(string address, string reason) =>
        Should.Throw<TransportException>(() => SqsAddress.Parse(Host, new Uri(address))).Message.ShouldContain(reason);
}
