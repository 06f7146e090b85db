using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Compliance;

public sealed class SqsTransportTests(EmulatorFixture emulators) : TransportCompliance, IClassFixture<EmulatorFixture>
{
    protected override void Use(IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure) => bus.UsingAmazonSqs((context, cfg) =>
    {
        new SqsBus(emulators.Aws).Host(cfg);
        configure(context, cfg);
    });

    protected override void WaitShortly(IReceiveEndpointConfigurator endpoint) => ((IAmazonSqsReceiveEndpointConfigurator)endpoint).WaitTimeSeconds = 1;
}
