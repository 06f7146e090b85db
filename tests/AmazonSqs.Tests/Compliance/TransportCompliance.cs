using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit.Emulators;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Compliance;

/// <summary>
/// The base of what a service may expect of any transport. The suites run over MassTransit's in-memory bus, which says what is right, and
/// over ours.
/// </summary>
public abstract class TransportCompliance(ITransport transport)
{
    private readonly string _scope = $"t{Guid.NewGuid():N}"[..12];

    protected string Name(string queue) => $"{_scope}-{queue}";

    private protected void Receive(IBusFactoryConfigurator bus, string queue, Action<IReceiveEndpointConfigurator> configure) =>
        bus.ReceiveEndpoint(Name(queue), endpoint =>
        {
            transport.Configure(endpoint);
            configure(endpoint);
        });

    private protected Task<RunningBus> Start(Action<IBusFactoryConfigurator> configure) => RunningBus.Start(bus =>
    {
        bus.AddDelayedMessageScheduler();
        transport.Use(bus, (_, cfg) =>
        {
            cfg.UseDelayedMessageScheduler();
            configure(cfg);
        });
    });
}

/// <summary>A transport under test.</summary>
public interface ITransport
{
    void Use(IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure);

    void Configure(IReceiveEndpointConfigurator endpoint);
}

internal sealed class InMemoryTransport : ITransport
{
    public void Use(IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure) =>
        bus.UsingInMemory(configure);

    public void Configure(IReceiveEndpointConfigurator endpoint)
    {
    }
}

internal sealed class SqsTransport(EmulatorFixture emulators) : ITransport
{
    public void Use(IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure) =>
        bus.UsingAmazonSqs((context, cfg) =>
        {
            new SqsBus(emulators.Aws).Host(cfg);
            configure(context, cfg);
        });

    public void Configure(IReceiveEndpointConfigurator endpoint) =>
        ((IAmazonSqsReceiveEndpointConfigurator)endpoint).WaitTimeSeconds = 1;
}
