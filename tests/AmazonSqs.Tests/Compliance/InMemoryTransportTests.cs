using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Compliance;

public sealed class InMemoryTransportTests : TransportCompliance
{
    protected override void Use(IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure) => bus.UsingInMemory(configure);
}
