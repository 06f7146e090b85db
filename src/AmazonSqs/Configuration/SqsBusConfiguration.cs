using MacroCausal.AmazonSqs.Topology;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Observables;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>The configuration of a whole bus.</summary>
internal sealed class SqsBusConfiguration : SqsEndpointConfiguration, IBusConfiguration
{
    private readonly BusObservable _observers = new();

    public SqsBusConfiguration(SqsTopologyConfiguration topologies)
        : base(topologies)
    {
        Host = new SqsHostConfiguration(this);
        BusEndpoint = CreateEndpoint(isBusEndpoint: true);
    }

    public SqsHostConfiguration Host { get; }

    public SqsEndpointConfiguration BusEndpoint { get; }

    IHostConfiguration IBusConfiguration.HostConfiguration => Host;

    IEndpointConfiguration IBusConfiguration.BusEndpointConfiguration => BusEndpoint;

    IBusObserver IBusConfiguration.BusObservers => _observers;

    public ConnectHandle ConnectBusObserver(IBusObserver observer) => _observers.Connect(observer);

    public ConnectHandle ConnectEndpointConfigurationObserver(IEndpointConfigurationObserver observer) => Host.ConnectEndpointConfigurationObserver(observer);
}
